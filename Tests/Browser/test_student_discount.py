"""A municipal-tax discount for a student: from the search to a signed decision, by the student and the officer of her municipality."""

import re
import subprocess

import pytest
from form_filling import fill_form, step, upload
from person import DESK, PHONE, Person, journeys

PAPER = 'main a.z-document[href*="/papers/"]'

WORDS = {
    "he": {
        "question": "הנחה בארנונה לסטודנטים", "town": "חיפה", "source": "רשות האוכלוסין", "studies": "המועצה להשכלה גבוהה", "given": "נועה",
        "ask": "נא לצרף תלוש שכר של חודש אוקטובר.", "answer": "מצורף התלוש של חודש אוקטובר.", "reason": "ההנחה היא 50% לשנת 2026.",
        "officer": "מיכל גולן", "body": "עיריית חיפה", "read": "הבקשה נקראה", "making": "בהכנה",
    },
    "en": {
        "question": "arnona discount for students", "town": "Haifa", "source": "Population", "studies": "Council for Higher Education", "given": "נועה",
        "ask": "Please add the payslip of October.", "answer": "Here is the payslip of October.", "reason": "The discount is 50% for 2026.",
        "officer": "מיכל גולן", "body": "Haifa", "read": "The request was read", "making": "being made",
    },
}


def answers(words, pdf):
    def flat(person):
        person.fill("property.street", "הגליל")
        person.fill("property.house", "31")

    def contact(person):
        person.fill("contact.phone", "050-0000012")
        person.fill("contact.email", "noa.barak@example.test")

    def account(person):
        person.fill("property.accountNumber", "123456789")
        person.fill("property.residents", "2")

    def household(person):
        for name, relation, income in [("נועה ברק", "self", "3,200"), ("Dana Levi", "flatmate", "0")]:
            person.click("main a.z-button-secondary")
            person.fill("name", name)
            person.choose("relation", relation)
            person.fill("monthlyIncome", income)
            person.submit()
        assert "Dana Levi" in person.main()

    def known(person):
        assert person.page.locator(".z-preview .z-source time").count() >= 3

    return {
        "student": lambda person: person.choose("eligibility.student", "yes"),
        "exempt": lambda person: person.choose("eligibility.fullExemption", "no"),
        "place": lambda person: person.fill("property.localityCode", words["town"]),
        "person": known,
        "contact": contact,
        "studies": known,
        "same-address": lambda person: person.choose("property.sameAddress", "no"),
        "flat": flat,
        "tenancy": lambda person: person.choose("property.tenancy", "rent"),
        "lease": lambda person: upload(person, "property.lease", pdf("lease.pdf")),
        "account": account,
        "household": household,
        "payslips": lambda person: upload(person, "income.proof", pdf("payslip.pdf")),
        "refund": lambda person: None,
        "declaration": lambda person: person.mark('[name="declaration.confirmed"]'),
    }


def begin(person, words):
    """From the front page to the first question."""
    person.go("")
    person.page.locator("main input[name=q]").first.fill(words["question"])
    person.page.locator("main input[name=q]").first.press("Enter")
    person.page.wait_for_load_state()
    person.check()
    person.shot("search")
    person.click("main .z-service a")
    assert person.path == "/services/arnona-discount-student"
    person.shot("service")
    person.click("main a.z-button-start")
    assert person.path == "/sign-in"
    person.sign_in("student")
    assert person.path == "/forms/municipal-tax-discount-student"
    person.submit()
    assert step(person) == "student"


def send(person, words, pdf):
    """The whole form, with a closed browser in the middle. The number of the case and its path."""
    answer = answers(words, pdf)
    seen = fill_form(person, answer, until="tenancy")
    assert words["source"] in seen["person"] and words["given"] in seen["person"]
    assert words["studies"] in seen["studies"]
    person.reopen()
    person.page.goto(f"{person.country.url}/{person.language}/me/drafts")
    person.sign_in("student")
    assert person.path == "/me/drafts"
    person.click("main .z-box h2 a")
    assert step(person) == "tenancy"
    fill_form(person, answer)
    assert person.path.endswith("/check")
    person.shot("check-answers")
    checked = person.main()
    assert "Dana Levi" in checked and "lease.pdf" in checked and words["source"] in checked and words["body"] in checked
    person.submit()
    assert re.match(r"^/me/cases/[0-9a-f-]{36}$", person.path)
    person.shot("confirmation")
    number = re.search(r"ZM-\d{4}-[0-9A-Z]{6}-[0-9A-Z]", person.main()).group()
    return number, person.path


def handle(officer, number, words):
    """The officer finds the case in her inbox, reads it, takes it, and asks for something more."""
    officer.sign_in("municipal-officer")
    officer.act_for("office:municipality-haifa")
    assert officer.path == "/desk"
    officer.shot("desk-inbox")
    officer.fill("number", number)
    officer.submit()
    shown = officer.main()
    assert words["given"] in shown and words["source"] in shown and "lease.pdf" in shown and "Dana Levi" in shown
    officer.click('form[action$="/take"] button')
    officer.shot("desk-case")
    officer.fill("question", words["ask"])
    officer.click('form[action$="/ask"] button')
    assert officer.page.locator(".z-banner-success").count() == 1


def complete(person, words, pdf, path, number):
    # Other journeys of the same person are asked the same: the mail about this request is the one with its number.
    person.country.mail("noa.barak@example.test", f"{re.escape(words['ask'])}(.|\\n)*{number}|{number}(.|\\n)*{re.escape(words['ask'])}")
    person.go("/me")
    person.shot("personal-zone")
    person.go("/me/messages")
    person.click("main .z-inbox-item a")
    assert words["ask"] in person.main()
    person.go(path)
    assert words["ask"] in person.main()
    person.fill("answer", words["answer"])
    person.attach("file", pdf("october.pdf"))
    person.click('form[action$="/complete"] button[type=submit]')
    assert "october.pdf" in person.main() and words["ask"] not in person.main()


def approve(officer, words):
    officer.reload()
    assert words["answer"] in officer.main() and "october.pdf" in officer.main()
    officer.fill("reason", words["reason"])
    officer.click('form[action$="/approve"] button')
    assert officer.page.locator('form[action$="/approve"]').count() == 0


def download(person, path):
    person.go(path)
    person.until(lambda: person.page.locator(PAPER).count(), "the signed paper")
    person.check()
    person.shot("case-decided")
    answer = person.context.request.get(person.country.url + person.href(PAPER))
    assert answer.status == 200 and answer.headers["content-type"] == "application/pdf"
    return answer.body()


def verify(person, paper, tmp_path):
    """Anybody may check the paper: by its file, by its code, and not a changed copy."""
    original, changed = tmp_path / "decision.pdf", tmp_path / "changed.pdf"
    original.write_bytes(paper)
    middle = len(paper) // 2
    changed.write_bytes(paper[:middle] + bytes([paper[middle] ^ 1]) + paper[middle + 1 :])
    text = subprocess.run(["pdftotext", "-layout", str(original), "-"], capture_output=True, text=True, check=True).stdout
    code = re.search(r"\b[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}\b", text).group()
    person.go("/verify")
    for file, banner in [(original, "success"), (changed, "warning")]:
        person.attach("file", file)
        person.click("main form[method=post] button")
        assert person.page.locator(f".z-banner-{banner}").count() == 1
    person.fill("code", code)
    person.click("main form[method=get] button")
    assert person.page.locator(".z-banner-success").count() == 1
    person.fill("code", code[:-1] + ("0" if code[-1] != "0" else "1"))
    person.click("main form[method=get] button")
    assert person.page.locator(".z-banner-success").count() == 0
    return text


@pytest.mark.parametrize("form", journeys(second_database="he"))
def test_from_search_to_signed_decision(browser, country, form, pdf, tmp_path):
    language, phone, javascript = form
    words, screen = WORDS[language], PHONE if phone else DESK
    person, officer = Person(browser, country, language, screen, javascript), Person(browser, country, language, screen, javascript)
    begin(person, words)
    number, path = send(person, words, pdf)
    handle(officer, number, words)
    complete(person, words, pdf, path, number)
    approve(officer, words)
    paper = download(person, path)
    text = verify(person, paper, tmp_path)
    assert number in text
    person.go("/me/access")
    person.shot("who-looked")
    looked = person.main()
    assert words["officer"] in looked and words["body"] in looked and words["read"] in looked
    proof = country.run("verify-log", check=False)
    assert proof.returncode == 0, proof.stdout + proof.stderr
    person.close()
    officer.close()
