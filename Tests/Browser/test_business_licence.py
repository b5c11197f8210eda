"""A licence for a café of 900 square metres: its owner pays the fee, police, fire and health agree, the city gives the licence."""

import re
import subprocess

import pytest
from form_filling import fill_form, step, upload
from person import DESK, PHONE, Person, journeys

PAPER = 'main a.z-document[href*="/papers/"]'
DECLINED, CHALLENGE = "4580 0000 0000 0026", "4580 0000 0000 0018"
BODIES = ["police", "fire", "health"]
WORDS = {
    "he": {
        "question": "רישיון עסק בית קפה", "town": "תל אביב-יפו", "business": "קפה הסמטה", "register": "רשות התאגידים", "fee": "374",
        "checking": "בבדיקה", "approved": "אישר", "bodies": ["משטרת ישראל", "כבאות", "משרד הבריאות"], "officer": "אילן רוזן",
    },
    "en": {
        "question": "business licence for a café", "town": "Tel Aviv - Yafo", "business": "קפה הסמטה", "register": "Corporations", "fee": "374",
        "checking": "Being checked", "approved": "Approved", "bodies": ["Israel Police", "Fire", "Ministry of Health"], "officer": "אילן רוזן",
    },
}


def answers(words, pdf):
    def known(person):
        assert words["register"] in person.main() and words["business"] in person.main()
        assert person.page.locator(".z-preview .z-source time").count() >= 3

    def contact(person):
        person.fill("contact.phone", "050-0000038")
        person.fill("contact.email", "yosef.mizrahi@example.test")

    def address(person):
        person.fill("premises.street", "ביאליק")
        person.fill("premises.house", "9")

    def seats(person):
        person.fill("activity.seats", "120")
        person.fill("activity.outsideSeats", "30")

    def hours(person):
        person.choose("activity.afterMidnight", "no")
        person.choose("activity.liveMusic", "yes")

    def planner(person):
        person.fill("planner.givenName", "רות")
        person.fill("planner.familyName", "ארד")
        person.fill("planner.nationalNumber", "600000046")

    def declaration(person):
        person.mark('[name="declaration.lawfulUse"]')
        person.mark('[name="declaration.confirmed"]')

    return {
        "place": lambda person: person.fill("premises.localityCode", words["town"]),
        "kind": lambda person: person.choose("premises.kind", "בית קפה/מסעדה"),
        "area": lambda person: person.fill("premises.area", "900"),
        "business": known,
        "applicant": lambda person: None,
        "contact": contact,
        "address": address,
        "right": lambda person: person.choose("premises.right", "lease"),
        "lawful-use": lambda person: person.choose("premises.lawfulUse", "yes"),
        "alcohol": lambda person: person.choose("activity.alcohol", "no"),
        "seats": seats,
        "hours": hours,
        "property-document": lambda person: upload(person, "documents.propertyRight", pdf("lease.pdf")),
        "planner": planner,
        "plan": lambda person: upload(person, "documents.plan", pdf("plan.pdf")),
        "notes": lambda person: person.fill("notes", "בית קפה שכונתי. A café for the quarter."),
        "declaration": declaration,
    }


def send(person, words, pdf):
    """The owner finds the form, acts for her business, and sends it. The case's number and path."""
    person.go("")
    person.page.locator("main input[name=q]").first.fill(words["question"])
    person.page.locator("main input[name=q]").first.press("Enter")
    person.page.wait_for_load_state()
    person.click("main .z-service a")
    assert person.path == "/services/business-licence-cafe"
    person.click("main a.z-button-start")
    person.sign_in("cafe-owner")
    assert person.path == "/forms/business-licence"
    # The form is for businesses: she says that she acts for hers, and comes back.
    person.click('main a[href*="/capacity"]')
    person.mark('input[value="business:680000015"]')
    person.submit()
    assert person.path == "/forms/business-licence"
    person.submit()
    assert step(person) == "place"
    fill_form(person, answers(words, pdf))
    assert person.path.endswith("/check")
    shown = person.main()
    assert "plan.pdf" in shown and words["business"] in shown and words["register"] in shown
    person.submit()
    number = re.search(r"ZM-\d{4}-[0-9A-Z]{6}-[0-9A-Z]", person.main()).group()
    return number, person.path


def card(person, number):
    person.fill("number", number)
    person.fill("expiry", "12/31")
    person.fill("code", "123")
    person.fill("name", "Yosef Mizrahi")
    person.click("main form button")


def pay(person, words, path):
    """The first card is declined, the second is good when the bank has had its code."""
    assert words["fee"] in person.main()
    person.click('main a[href*="/pay/"]')
    person.submit()
    assert "/checkout/" in person.page.url
    person.shot("payment")
    card(person, DECLINED)
    assert re.match("^/pay/[^/]+/return$", person.path)
    assert person.page.locator(".z-banner-warning").count() == 1
    person.submit()
    person.submit()
    card(person, CHALLENGE)
    assert person.page.url.split("?")[0].endswith("/challenge")
    person.fill("code", "000000")
    person.submit()
    assert person.page.locator(".a-fault").count() == 1
    person.fill("code", "123456")
    person.submit()
    person.until(lambda: person.page.locator(".z-panel").count(), "the payment")
    person.check()
    person.click('main a[href*="/me/payments/"]')
    assert words["fee"] in person.main()
    person.go(path)
    person.until(lambda: all(body in person.main() for body in words["bodies"]), "the bodies' approvals")
    person.check()
    stages = person.page.locator(".z-stages")
    assert stages.count() == 1
    assert stages.inner_text().count(words["checking"]) == len(BODIES)
    person.shot("stage-bar")


def approve(officer):
    officer.click('form[action$="/approve"] button')
    assert officer.page.locator('form[action$="/approve"]').count() == 0


def agree(regulator, person, words, path):
    """One officer at each of the three desks; the owner sees each answer in the same bar."""
    regulator.sign_in("regulator-officer")
    for index, body in enumerate(BODIES):
        regulator.act_for(f"office:{body}")
        # The list is in the order of promised days, then of arrival: the newest stands last.
        regulator.click("main table tbody tr:last-child a")
        assert words["business"] in regulator.main() and "plan.pdf" in regulator.main()
        regulator.click('form[action$="/take"] button')
        approve(regulator)
        person.go(path)
        still = person.page.locator(".z-stages").inner_text().count(words["checking"])
        assert still == len(BODIES) - index - 1


def decide(officer, number):
    officer.sign_in("municipal-officer")
    officer.act_for("office:municipality-tel-aviv")
    officer.fill("number", number)
    officer.submit()
    officer.click('form[action$="/take"] button')
    officer.fill("reason", "רישיון לעשר שנים.")
    approve(officer)


@pytest.mark.parametrize("form", journeys(second_database="en"))
def test_from_search_to_licence(browser, country, form, pdf, tmp_path):
    language, phone, javascript = form
    words, screen = WORDS[language], PHONE if phone else DESK
    person, regulator, officer = (Person(browser, country, language, screen, javascript) for _ in range(3))
    number, path = send(person, words, pdf)
    pay(person, words, path)
    agree(regulator, person, words, path)
    decide(officer, number)
    person.go(path)
    person.until(lambda: person.page.locator(PAPER).count(), "the licence")
    person.check()
    answer = person.context.request.get(person.country.url + person.href(PAPER))
    assert answer.status == 200
    licence = tmp_path / "licence.pdf"
    licence.write_bytes(answer.body())
    text = subprocess.run(["pdftotext", "-layout", str(licence), "-"], capture_output=True, text=True, check=True).stdout
    assert number in text and "900" in text
    person.go("/verify")
    person.attach("file", licence)
    person.click("main form[method=post] button")
    assert person.page.locator(".z-banner-success").count() == 1
    country.mail("yosef.mizrahi@example.test", number)
    person.go("/me/access")
    assert words["officer"] in person.main() and any(body in person.main() for body in words["bodies"])
    proof = country.run("verify-log", check=False)
    assert proof.returncode == 0, proof.stdout + proof.stderr
    for someone in (person, regulator, officer):
        someone.close()
