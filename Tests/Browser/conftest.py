import uuid

import pytest
from person import DESK, PHONE, Person
from playwright.sync_api import sync_playwright

# Hebrew on a phone, English at a desk: the two that must be right first.
PHONE_HEBREW = ("he", PHONE)
DESK_ENGLISH = ("en", DESK)


def pytest_configure(config):
    config.addinivalue_line("markers", "one_database: runs on the embedded database only; what it shows does not depend on the store")


def pytest_collection_modifyitems(config, items):
    """The whole journeys in every form cost minutes: on the second database each runs once."""
    left_out = [item for item in items if item.get_closest_marker("one_database") and database(item) == "postgres"]
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if item not in left_out]


def database(item):
    return item.callspec.params.get("country") if hasattr(item, "callspec") else None


@pytest.fixture(scope="session")
def browser():
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        yield browser
        browser.close()


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

    def make(language="he", phone=False, javascript=True, thorough=True):
        made.append(Person(browser, country, language, PHONE if phone else DESK, javascript, thorough))
        return made[-1]

    yield make
    for person in made:
        person.close()


@pytest.fixture
def pdf(tmp_path):
    """A small real PDF, another one each time."""

    def make(name="document.pdf", text="Certificate"):
        content = f"BT /F1 18 Tf 72 720 Td ({text} {uuid.uuid4()}) Tj ET".encode()
        objects = [
            b"<< /Type /Catalog /Pages 2 0 R >>",
            b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>",
            b"<< /Length %d >>\nstream\n%s\nendstream" % (len(content), content),
            b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
        ]
        data, places = b"%PDF-1.4\n", []
        for number, item in enumerate(objects, 1):
            places.append(len(data))
            data += b"%d 0 obj\n%s\nendobj\n" % (number, item)
        table = b"".join(b"%010d 00000 n \n" % place for place in places)
        size = len(objects) + 1
        data += b"xref\n0 %d\n0000000000 65535 f \n%strailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (size, table, size, len(data))
        path = tmp_path / name
        path.write_bytes(data)
        return path

    return make
