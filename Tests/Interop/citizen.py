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
        assert answer.status_code == 303, f"{answer.url}: {answer.status_code}\n{answer.text[:2000]}"
        return self.request("GET", answer.headers["Location"].removeprefix(self.url))

    @property
    def cookie_header(self):
        return "; ".join(f"{name}={value}" for name, value in self.cookies.items())

    def sign_in(self, country, persona):
        before = country.mail_count(persona["email"])
        self.get("/sign-in")
        page = self.follow(self.post("/sign-in", {"number": persona["nationalNumber"], "password": PASSWORD}))
        assert 'name="code"' in page.text, page.text[:2000]
        answer = self.post("/sign-in/code", {"code": country.code(persona["email"], after=before)})
        assert answer.status_code == 303, answer.text[:2000]
        self.get("/me")
        return self


STUDENT_FORM = "municipal-tax-discount-student"


class Student(Citizen):
    """Fills in the form for the discount on municipal tax, as quickly as a student can."""

    ANSWERS = {
        "student": {"eligibility.student": "yes"},
    }
