"""Finding a service: home, life events, search, service pages, bodies."""

import pytest

QUESTIONS = [
    ("he", "הנחה בארנונה לסטודנטים", "/services/arnona-discount-student"),
    ("he", "רישיון עסק בית קפה", "/services/business-licence-cafe"),
    ("he", "רִשְׁיוֹן עֵסֶק לבית־קפה", "/services/business-licence-cafe"),
    ("en", "moving house", "/services/change-of-address"),
]


@pytest.mark.one_database
@pytest.mark.parametrize("path", ["", "/life-events", "/life-events/study", "/services", "/services/arnona-discount-student", "/bodies",
                                  "/bodies/national-insurance", "/search?q=zzzzzz", "/about", "/about/accessibility", "/about/privacy", "/developers",
                                  "/verify", "/sign-in", "/register"])
def test_public_pages_are_accessible_and_valid(person, path):
    person.go(path)


@pytest.mark.one_database
@pytest.mark.parametrize("phone", [True, False], ids=["phone", "desk"])
@pytest.mark.parametrize("language", ["he", "en"])
def test_the_first_page_leads_on(people, language, phone):
    person = people(language, phone=phone)
    person.go("")
    person.shot("home")
    assert person.page.locator("main a[href*='/services/']").count() >= 6
    person.click(f"nav a[href='/{language}/life-events']")
    assert person.path == "/life-events"


@pytest.mark.parametrize("language,question,answer", QUESTIONS)
def test_the_right_service_comes_first(people, language, question, answer):
    person = people(language)
    person.go("")
    person.page.locator("main input[name=q]").first.fill(question)
    person.page.locator("main input[name=q]").first.press("Enter")
    person.page.wait_for_load_state()
    person.check()
    first = person.page.locator("main .z-service a").first.get_attribute("href")
    assert first == f"/{language}{answer}"


@pytest.mark.one_database
@pytest.mark.parametrize("language", ["he", "ar", "en", "ru", "fr"])
def test_all_five_languages_stand_on_every_main_page(people, language):
    person = people(language, phone=True)
    for path in ["", "/services/business-licence-cafe", "/life-events/business", "/sign-in", "/register", "/about"]:
        person.go(path)


def test_a_page_that_is_not_there_says_so(people):
    person = people("he")
    answer = person.page.goto(f"{person.country.url}/he/services/no-such-service")
    assert answer.status == 404
    assert person.page.locator("h1").count() == 1
