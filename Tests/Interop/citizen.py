"""Somebody who uses the site through plain HTTP: cookies and form tokens as a browser keeps them, but no browser."""

import re

import requests

PASSWORD = "zamin demo country"


class Citizen:
    """One browser's worth of cookies. Redirects are not followed: tests want to see them."""

    def __init__(self, url, language="en"):
        self.url, self.language = url, language
        self.cookies = {}
        self.token = ""
        self.session = requests.Session()

    def request(self, method, path, **options):
        """A path that begins with `/me` or the like is a page in this citizen's language; one with the language in it stays as it is."""
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items()), **options.pop("headers", {})}
        answer = self.session.request(
            method, self.url + path, headers=headers, allow_redirects=False, timeout=options.pop("timeout", 60), **options)
        # The `__Host-` cookies are Secure; browsers send them to http://localhost, `requests` does not. So they are kept here.
        self.session.cookies.clear()
        for line in answer.raw.headers.getlist("Set-Cookie"):
            name, _, value = line.split(";")[0].partition("=")
            self.cookies[name] = value
        if "text/html" in answer.headers.get("Content-Type", ""):
            found = re.search(r'name="_csrf" value="([^"]+)"', answer.text)
            if found:
                self.token = found.group(1)
        return answer

    def get(self, path, **options):
        return self.request("GET", f"/{self.language}{path}", **options)

    def post(self, path, fields=None, **options):
        return self.request("POST", f"/{self.language}{path}", data={"_csrf": self.token, **(fields or {})}, **options)

    def follow(self, answer):
        """The page a redirect leads to."""
        assert answer.status_code == 303, words(answer)
        return self.request("GET", answer.headers["Location"].removeprefix(self.url))

    @property
    def cookie_header(self):
        return "; ".join(f"{name}={value}" for name, value in self.cookies.items())

    def sign_in(self, country, persona):
        before = country.mail_count(persona["email"])
        self.get("/sign-in")
        page = self.follow(self.post("/sign-in", {"number": persona["nationalNumber"], "password": PASSWORD}))
        assert 'name="code"' in page.text, words(page)
        answer = self.post("/sign-in/code", {"code": country.code(persona["email"], after=before)})
        assert answer.status_code == 303, words(answer)
        self.get("/me")
        return self


def words(answer):
    """What a reader sees of a page, for messages of tests."""
    main = re.sub(r"(?s).*<main|</main>.*", "", answer.text)
    return f"{answer.status_code} {answer.url}: " + " ".join(re.sub(r"<[^>]*>", " ", main).split())[:1500]


class Student(Citizen):
    """Fills in the form for the discount on municipal tax as fast as it can be done: pages that registers fill in are opened, the others
    only answered."""

    FORM = "municipal-tax-discount-student"
    PAGES = [
        ("student", {"eligibility.student": "yes"}),
        ("exempt", {"eligibility.fullExemption": "no"}),
        ("place", {"property.localityCode": "Haifa"}),
        ("person", None),
        ("contact", {"contact.phone": "050-0000012", "contact.email": "student@example.test"}),
        ("studies", None),
        ("same-address", {"property.sameAddress": "yes"}),
        ("tenancy", {"property.tenancy": "own"}),
        ("account", {"property.accountNumber": "123456789", "property.residents": "1"}),
        ("household", {}),
        ("refund", {}),
        ("declaration", {"declaration.confirmed": "yes"}),
    ]

    def begin(self):
        """A new draft's path, such as `/drafts/0190…`."""
        answer = self.post(f"/forms/{self.FORM}")
        assert answer.status_code == 303, words(answer)
        return answer.headers["Location"].split(self.language, 1)[1]

    def fill(self, tries=5):
        """A new draft with every question answered, ready to be sent."""
        draft = self.begin()
        for step, answers in self.PAGES:
            if step == "household":
                entry = self.post(f"{draft}/pages/household/entries/new", {"name": "Noa Barak", "relation": "self", "monthlyIncome": "0"})
                assert entry.status_code == 303, words(entry)
            if answers is None and re.search(r'<(input|select|textarea)[^>]* name="(applicant|studies)\.', self.get(f"{draft}/pages/{step}").text):
                # On a busy machine a register may be too slow, and the form then asks the person. Another draft asks the register again.
                assert tries > 1, "the registers do not answer"
                self.post(f"{draft}/delete")
                return self.fill(tries - 1)
            answer = self.post(f"{draft}/pages/{step}", {**(answers or {}), "action": "continue"})
            assert answer.status_code == 303, words(answer)
        assert answer.headers["Location"].endswith(f"{draft}/check"), answer.headers["Location"]
        return draft

    def send(self, draft):
        return self.post(f"{draft}/check")

    def case(self, answer):
        """The id of the case that an answer to sending leads to; None when it leads elsewhere."""
        found = re.search(r"/me/cases/([0-9a-f-]{36})", answer.headers.get("Location", "")) if answer.status_code == 303 else None
        return found and found.group(1)

    def twin(self):
        """The same browser on another connection, for another thread."""
        twin = Student(self.url, self.language)
        twin.cookies, twin.token = dict(self.cookies), self.token
        return twin
