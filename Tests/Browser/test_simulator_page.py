"""The page on which developers choose who signs in and what goes wrong."""

import pytest
from country import Country
from person import DESK, PHONE, Person
from relying_party import Party


@pytest.fixture(scope="module")
def simulator():
    country = Country(people=300, ZAMIN_SIMULATOR="true")
    try:
        country.start()
        yield country.wait()
    finally:
        country.close()


@pytest.mark.parametrize("language, viewport", [("he", PHONE), ("en", DESK)], ids=["he-390", "en-1280"])
def test_a_developer_chooses(browser, simulator, language, viewport):
    party = Party(simulator, f"page-{language}")
    person = Person(browser, simulator, language, viewport)
    try:
        asked = party.request(ui_locales=language)
        person.page.goto(str(party.client.pushed_authorization_request(asked).uri))
        person.check()
        assert person.path == "/openid/simulator" and person.page.locator("input[name=person]").count() == 9
        person.choose("fault", "bad-signature")
        person.page.locator("main form button[type=submit]").click()
        person.page.wait_for_url("**/openid/continue**", wait_until="load")
        person.check()
    finally:
        person.close()
