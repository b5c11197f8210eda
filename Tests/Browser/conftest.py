import re
import subprocess
import sys
from pathlib import Path

import html5lib
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import sync_playwright

ROOT = Path(__file__).resolve().parent.parent.parent
IMAGES = ROOT / "Docs/images"

# Hebrew on a phone, English at a desk: the two that must be right first.
PHONE_HEBREW = ("he", {"width": 390, "height": 844})
DESK_ENGLISH = ("en", {"width": 1280, "height": 900})


@pytest.fixture(scope="session")
def browser():
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        yield browser
        browser.close()


class Person:
    """Somebody at a browser, reading one language on one screen. Every page she sees is checked: axe, valid HTML, nothing that scrolls
    sideways, no missing text, nothing refused by the content security policy."""

    def __init__(self, browser, country, language, viewport, javascript=True):
        self.country, self.language, self.javascript = country, language, javascript
        self.context = browser.new_context(viewport=viewport, java_script_enabled=javascript, locale=language)
        self.page = self.context.new_page()
        self.complaints = []
        self.page.on("console", lambda message: self.complaints.append(message.text) if message.type == "error" else None)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.checked = set()

    def go(self, path, status=200):
        answer = self.page.goto(f"{self.country.url}/{self.language}{path}")
        assert answer.status == status, f"{path}: {answer.status}"
        self.check()
        return self.page

    def click(self, selector):
        self.page.locator(selector).first.click()
        self.page.wait_for_load_state()
        self.check()

    def submit(self, within="main"):
        self.click(f"{within} form button[type=submit]")

    @property
    def path(self):
        return re.sub(rf"^{re.escape(self.country.url)}/{self.language}", "", self.page.url).split("?")[0]

    def text(self):
        return self.page.locator("body").inner_text()

    def check(self):
        content = self.page.content()
        assert "⟦" not in content and "[[" not in content and "{{" not in content, f"a raw key on {self.page.url}"
        assert self.page.locator("html").get_attribute("lang") == self.language
        assert self.page.locator("h1").count() == 1, f"{self.page.url} has {self.page.locator('h1').count()} main headings"
        if self.language in ("he", "ar"):
            assert self.page.locator("html").get_attribute("dir") == "rtl"
        place = re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}", "{id}", self.path)
        if place in self.checked:
            return
        self.checked.add(place)
        if self.javascript:
            width = self.page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
            assert width <= 0, f"{self.page.url} scrolls sideways by {width} px"
            found = Axe().run(self.page)
            assert found.violations_count == 0, f"{self.page.url}\n{found.generate_report()}"
        source = self.page.request.get(self.page.url)
        if source.ok and "text/html" in source.headers.get("content-type", ""):
            parser = html5lib.HTMLParser(strict=False)
            parser.parse(source.text())
            faults = [fault for fault in parser.errors]
            assert not faults, f"{self.page.url}: {faults[:3]}"
        assert not [text for text in self.complaints if "favicon" not in text and "status of 4" not in text], self.complaints

    def shot(self, name):
        IMAGES.mkdir(parents=True, exist_ok=True)
        size = "phone" if self.page.viewport_size["width"] < 600 else "desktop"
        self.page.screenshot(path=str(IMAGES / f"{name}-{self.language}-{size}.png"), full_page=False)

    def sign_in(self, key, next_path=None):
        persona = self.country.personas()[key]
        before = self.country.mail_count(persona["email"])
        self.go("/sign-in" + (f"?next={next_path}" if next_path else ""))
        self.page.fill("input[name=number]", persona["nationalNumber"])
        self.page.fill("input[name=password]", "zamin demo country")
        self.submit()
        self.page.fill("input[name=code]", self.country.code(persona["email"], after=before))
        self.submit()
        return persona

    def close(self):
        self.context.close()


@pytest.fixture(params=[PHONE_HEBREW, DESK_ENGLISH], ids=["he-390", "en-1280"])
def person(request, browser, country):
    language, viewport = request.param
    person = Person(browser, country, language, viewport)
    yield person
    person.close()


@pytest.fixture
def people(browser, country):
    """Makes as many people as a journey needs."""
    made = []

    def make(language="he", phone=False, javascript=True):
        viewport = {"width": 390, "height": 844} if phone else {"width": 1280, "height": 900}
        made.append(Person(browser, country, language, viewport, javascript))
        return made[-1]

    yield make
    for person in made:
        person.close()
