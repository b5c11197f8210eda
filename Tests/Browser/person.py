"""Somebody at a browser."""

import os
import re
from pathlib import Path

import html5lib
import pytest
from axe_playwright_python.sync_playwright import Axe

ROOT = Path(__file__).resolve().parent.parent.parent
IMAGES = ROOT / "Docs/images"
PASSWORD = "zamin demo country"

PHONE = {"width": 390, "height": 844}
DESK = {"width": 1280, "height": 900}


class Person:
    """Somebody at a browser, reading one language on one screen. Every page she sees is checked: axe, valid HTML, nothing that scrolls
    sideways, no missing text, nothing refused by the content security policy, no server error."""

    def __init__(self, browser, country, language, viewport, javascript=True, thorough=True):
        self.browser, self.country, self.language, self.javascript, self.viewport = browser, country, language, javascript, viewport
        # Where the pages themselves were seen to elsewhere, only what is wrong at once is looked for.
        self.thorough = thorough
        self.checked = set()
        self.open()

    def open(self, state=None):
        """A new browser; with `state`, one that kept its cookies."""
        self.context = self.browser.new_context(
            viewport=self.viewport, java_script_enabled=self.javascript, locale=self.language, storage_state=state, accept_downloads=True
        )
        self.context.set_default_timeout(15_000)
        self.page = self.context.new_page()
        self.complaints, self.answer = [], None
        self.page.on("console", lambda message: self.complaints.append(message.text) if message.type == "error" else None)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("response", self.note)

    def note(self, response):
        # 503 with a page that says what to do is an answer; every other one of these is a defect.
        if response.status >= 500 and response.status != 503:
            self.complaints.append(f"{response.status} {response.url}")
        if response.request.is_navigation_request() and response.frame == self.page.main_frame and not 300 <= response.status < 400:
            self.answer = response

    def reopen(self, signed_in=False):
        """Closes the browser, and opens another one."""
        state = self.context.storage_state() if signed_in else None
        self.context.close()
        self.open(state)

    def go(self, path, status=200):
        answer = self.page.goto(f"{self.country.url}/{self.language}{path}")
        assert answer.status == status, f"{path}: {answer.status}"
        self.check()
        return self.page

    def reload(self):
        self.page.reload()
        self.check()

    def click(self, selector):
        self.page.locator(selector).first.click()
        self.page.wait_for_load_state()
        self.check()

    def press(self, name, value):
        """A button by what it sends."""
        self.click(f'button[name="{name}"][value^="{value}"]')

    def submit(self, within="main"):
        self.click(f"{within} form button[type=submit]")

    def fill(self, name, value):
        self.page.locator(f'[name="{name}"]').first.fill(value)

    def choose(self, name, value):
        """One of a list or of radio buttons."""
        if self.page.locator(f'select[name="{name}"]').count():
            self.page.locator(f'select[name="{name}"]').select_option(value)
        else:
            self.mark(f'input[name="{name}"][value="{value}"]')

    def mark(self, selector):
        """A radio button or a box to tick: the click lands on its label, which covers the whole row."""
        self.page.locator(selector).first.check(force=True)

    def attach(self, name, file):
        self.page.locator(f'input[type=file][name="{name}"]').set_input_files(file)

    def until(self, ready, what, seconds=60):
        """Reloads the page until it shows what is waited for."""
        for _ in range(seconds * 2):
            if ready():
                return
            self.page.wait_for_timeout(500)
            self.page.reload()
        raise AssertionError(f"{what} did not come on {self.page.url}:\n{self.text()[:3000]}")

    @property
    def path(self):
        """The place in the site, without language and query."""
        return re.sub(rf"^{re.escape(self.country.url)}/{self.language}(?=/|\?|$)", "", self.page.url).split("?")[0]

    def text(self):
        return self.page.locator("body").inner_text()

    def main(self):
        return self.page.locator("main").inner_text()

    def href(self, selector):
        return self.page.locator(selector).first.get_attribute("href")

    def cookie(self):
        """The session, as a raw request carries it."""
        return "; ".join(f"{cookie['name']}={cookie['value']}" for cookie in self.context.cookies())

    def check(self):
        content = self.page.content()
        assert "⟦" not in content and "[[" not in content and "{{" not in content, f"a raw key on {self.page.url}"
        assert not self.answer or self.answer.status < 500 or self.answer.status == 503, f"{self.answer.status} on {self.page.url}:\n{self.main()}"
        assert self.page.locator("html").get_attribute("lang") == self.language, f"{self.page.url} is not in {self.language}"
        assert self.page.locator("h1").count() == 1, f"{self.page.url} has {self.page.locator('h1').count()} main headings"
        if self.language in ("he", "ar"):
            assert self.page.locator("html").get_attribute("dir") == "rtl"
        # The same page with other parts in it is another page: a case that waits, and one that is decided.
        parts = tuple(self.page.locator("h1, main h2, main form button, .z-error").all_inner_texts())
        place = re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}|/checkout/[^/]+", "{id}", self.path), self.answer.status if self.answer else 0, parts
        if place in self.checked or not self.thorough:
            return
        self.checked.add(place)
        if self.javascript:
            width = self.page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
            assert width <= 0, f"{self.page.url} scrolls sideways by {width} px"
            found = Axe().run(self.page)
            assert found.violations_count == 0, f"{self.page.url}\n{found.generate_report()}"
        self.check_html()
        bad = [text for text in self.complaints if not re.search("favicon|status of (4..|503)", text)]
        assert not bad, f"{self.page.url}: {bad}"

    def check_html(self):
        """The HTML as it was sent, not as the browser mended it."""
        if not self.answer or "text/html" not in self.answer.headers.get("content-type", ""):
            return
        parser = html5lib.HTMLParser(strict=False)
        parser.parse(self.answer.body().decode("utf-8"))
        assert not parser.errors, f"{self.page.url}: {parser.errors[:3]}"

    def shot(self, name):
        """A picture for the documentation, only when asked for."""
        if os.environ.get("ZAMIN_SHOTS") != "1" or not self.javascript:
            return
        IMAGES.mkdir(parents=True, exist_ok=True)
        size = "phone" if self.viewport["width"] < 600 else "desktop"
        self.page.evaluate("window.scrollTo(0, 0)")
        self.page.screenshot(path=str(IMAGES / f"{name}-{self.language}-{size}.png"), full_page=False)

    def sign_in(self, key, next_path=None):
        """From any page; a person who was sent to sign in comes back to where she was going."""
        persona = self.country.personas()[key]
        before = self.country.mail_count(persona["email"])
        if self.path != "/sign-in":
            self.go("/sign-in" + (f"?next={next_path}" if next_path else ""))
        self.shot("sign-in")
        self.fill("number", persona["nationalNumber"])
        self.fill("password", PASSWORD)
        self.submit()
        self.fill("code", self.country.code(persona["email"], after=before))
        self.submit()
        return persona

    def act_for(self, capacity):
        """Chooses an office or a business: `office:police`, `business:680000015`."""
        self.go("/capacity")
        self.mark(f'input[name=capacity][value^="{capacity}"]')
        self.submit()

    def close(self):
        self.context.close()


# The forms in which a whole journey runs. On the second database: Hebrew for one service, English for the other.
def journeys(second_database):
    def form(language, javascript):
        marks = [] if javascript and language == second_database else [pytest.mark.one_database]
        name = ("he-390" if language == "he" else "en-1280") + ("" if javascript else "-no-script")
        return pytest.param((language, language == "he", javascript), marks=marks, id=name)

    return [form(language, javascript) for javascript in (True, False) for language in ("he", "en")]
