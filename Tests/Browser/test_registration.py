"""Registering once: somebody who is in the registers and not here yet; and what goes wrong on the way."""

import re
import sqlite3
from contextlib import closing

import pytest
from faults import misbehaving

OWN_PASSWORD = "hyssop lantern gravel 77"
taken = set()


def newcomer(country):
    """A grown-up of the made-up registers who never registered here, whom both registers know at the same place."""
    personas = {persona["nationalNumber"] for persona in country.personas().values()}
    with closing(sqlite3.connect(f"file:{country.folder}/registers.sqlite?mode=ro", uri=True)) as registers:
        rows = registers.execute(
            """
            SELECT p.national_number, p.given_name, p.family_name, p.birth_date, p.card_issue_date, l.name, l.name_latin
            FROM registers_person p JOIN registers_locality l ON l.code = p.locality_code
            JOIN registers_insured i ON i.national_number = p.national_number AND i.locality_code = p.locality_code
            WHERE p.card_issue_date IS NOT NULL AND p.birth_date < '2000-01-01' ORDER BY p.national_number DESC LIMIT 60
            """
        ).fetchall()
    names = ["number", "given", "family", "birth", "card", "he", "en"]
    for row in rows:
        one = dict(zip(names, row))
        if one["number"] not in personas and (country.url, one["number"]) not in taken:
            taken.add((country.url, one["number"]))
            return one
    raise AssertionError("everybody is registered")


def date(person, text):
    year, month, day = text.split("-")
    for name, value in (("day", day), ("month", month), ("year", year)):
        person.fill(name, str(int(value)))
    person.submit()


def wrong_check_digit(number):
    return number[:-1] + str((int(number[-1]) + 1) % 10)


def to_the_registers(person, one, number=None):
    """From the start to the answer of the registers."""
    person.go("/register")
    person.submit()
    assert person.path == "/register/number"
    person.fill("number", wrong_check_digit(one["number"]))
    person.submit()
    assert person.path == "/register/number" and person.page.locator("#number-error").count() == 1
    person.fill("number", number or one["number"])
    person.submit()
    date(person, one["birth"])
    date(person, one["card"])
    assert person.path == "/register/address"
    person.fill("locality", one[person.language])
    person.submit()


def wrong_code(code):
    return f"{(int(code) + 1) % 1_000_000:06d}"


def test_somebody_registers_and_signs_out(person):
    country, one = person.country, newcomer(person.country)
    email = f"{one['number']}@example.test"
    to_the_registers(person, one)
    assert person.path == "/register/contact"
    person.fill("email", "nobody")
    person.fill("phone", "12")
    person.submit()
    assert person.page.locator(".z-error-summary a").count() == 2
    person.fill("email", email)
    person.fill("phone", "050-1234567")
    person.submit()
    person.fill("password", "password1234")
    person.submit()
    assert person.page.locator("#password-error").count() == 1
    person.fill("password", OWN_PASSWORD)
    person.submit()
    assert person.path == "/register/code"
    code = country.code(email)
    for _ in range(5):
        person.fill("code", wrong_code(code))
        person.submit()
        assert person.page.locator("#code-error").count() == 1
    # Five wrong codes are enough: not even the right one is taken now.
    person.fill("code", code)
    person.submit()
    assert person.path == "/register/code" and person.page.locator("#code-error").count() == 1
    person.click('form[action$="/register/code/resend"] button')
    person.fill("code", country.code(email, after=1))
    person.submit()
    assert person.path == "/me" and one["given"] in person.text()
    devices(person)
    person.click(".z-acting form[action$='/sign-out'] button")
    assert person.path == "/signed-out"
    person.page.goto(f"{country.url}/{person.language}/me")
    assert person.path == "/sign-in"
    comes_back(person, one, email)


def devices(person):
    person.go("/me/sessions")
    assert person.page.locator("main table tbody tr").count() == 1
    person.go("/me/access")
    assert person.page.locator("main .z-timeline-item").count() >= 3, "the registers were asked, and that is not told"


def comes_back(person, one, email):
    """With her own password; five wrong codes end the sign-in. Another device can be signed out from here."""
    country = person.country
    for attempt in ("wrong", "right"):
        before = country.mail_count(email)
        person.go("/sign-in")
        person.fill("number", one["number"])
        person.fill("password", OWN_PASSWORD + " no")
        person.submit()
        assert person.page.locator("#credentials-error").count() == 1
        person.fill("password", OWN_PASSWORD)
        person.submit()
        code = country.code(email, after=before)
        if attempt == "right":
            person.fill("code", code)
            person.submit()
            break
        for _ in range(5):
            person.fill("code", wrong_code(code))
            person.submit()
        assert person.page.locator('main input[name="code"]').count() == 0
        assert person.page.locator('main a[href$="/sign-in"]').count() == 1
    assert person.path == "/me"


def test_sessions_are_listed_and_ended(people):
    here, there = people("en"), people("he", phone=True)
    here.sign_in("pensioner")
    there.sign_in("pensioner")
    here.go("/me/sessions")
    before = here.page.locator("main table tbody tr").count()
    assert before >= 2
    here.page.locator("main table tbody tr", has_not=here.page.locator(".z-tag")).first.locator("button").click()
    here.page.wait_for_load_state()
    here.check()
    assert here.page.locator(".z-banner-success").count() == 1
    assert here.page.locator("main table tbody tr").count() == before - 1
    here.click('form[action$="/me/sessions/end-all"] button') if here.page.locator('form[action$="/me/sessions/end-all"]').count() else None
    there.page.goto(f"{there.country.url}/he/me")
    assert there.path == "/sign-in"


@pytest.mark.one_database
def test_somebody_nobody_knows(person):
    """A number that could be one and is nobody's: it is not told which detail did not agree, and nothing was made."""
    one = newcomer(person.country)
    to_the_registers(person, one, number="999999998")
    assert not re.match("^/register/contact", person.path)
    assert person.answer.status in (403, 404, 409, 422)
    assert person.page.locator("main a.z-button[href$='/register/number']").count() == 1
    person.click("main a.z-button")
    assert person.path == "/register/number"


@pytest.mark.one_database
def test_registers_that_are_down_lose_nothing(people):
    person = people("he", phone=True, thorough=False)
    one = newcomer(person.country)
    with misbehaving(person.country, "down"):
        to_the_registers(person, one)
        assert person.answer.status == 503 and person.path == "/register/address"
        assert person.page.locator("main a.z-button[href$='/register/address']").count() == 1
    # A moment later: nothing has to be typed again but the answer that was being checked.
    person.click("main a.z-button")
    person.fill("locality", one["he"])
    person.submit()
    assert person.path == "/register/contact"


def foreigner(country):
    """Somebody of the made-up registers who lives here with a permit and never registered."""
    with closing(sqlite3.connect(f"file:{country.folder}/registers.sqlite?mode=ro", uri=True)) as registers:
        rows = registers.execute(
            """
            SELECT f.permit, f.passport, f.given_name, f.birth_date, f.passport_issue_date, l.name, l.name_latin FROM registers_foreigner f
            JOIN registers_foreign_insured i ON i.permit = f.permit JOIN registers_locality l ON l.code = i.locality_code
            ORDER BY f.permit DESC LIMIT 60
            """
        ).fetchall()
    for row in rows:
        one = dict(zip(["permit", "passport", "given", "birth", "issued", "he", "en"], row))
        if (country.url, one["permit"]) not in taken:
            taken.add((country.url, one["permit"]))
            return one
    raise AssertionError("everybody is registered")


def test_somebody_registers_with_a_passport(person):
    country, one = person.country, foreigner(person.country)
    email = f"{one['permit'].lower()}@example.test"
    code, number = one["passport"].split("-")
    person.go("/register")
    person.submit()
    person.click('main a[href$="/register/paper"]')
    person.submit()
    assert person.page.locator("#kind-error").count() == 1 and person.page.locator("#number-error").count() == 1
    person.mark("#kind-passport")
    person.page.locator("#country").select_option(code)
    person.fill("number", number)
    person.shot("register-paper")
    person.submit()
    date(person, one["birth"])
    date(person, one["issued"])
    person.fill("locality", one[person.language])
    person.submit()
    assert person.path == "/register/contact"
    person.fill("email", email)
    person.fill("phone", "050-1234567")
    person.submit()
    person.fill("password", OWN_PASSWORD)
    person.submit()
    person.fill("code", country.code(email))
    person.submit()
    assert person.path == "/me" and one["given"] in person.text()
    person.click(".z-acting form[action$='/sign-out'] button")
    # The permit is hers too.
    person.go("/sign-in")
    person.click('main a[href*="/sign-in?paper=1"]')
    person.fill("number", one["permit"])
    person.fill("password", OWN_PASSWORD)
    person.submit()
    person.fill("code", country.code(email, after=1))
    person.submit()
    assert person.path == "/me"
    person.go("/me/identity")
    person.click('main a[href$="/me/identity/number"]')
    person.submit()
    assert all(person.page.locator(f"#{field}-error").count() == 1 for field in ["number", "date", "locality"])
