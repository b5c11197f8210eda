"""What people, their machines and other people's machines do wrong: a clear message, no server error, nothing lost, nothing twice."""

import http.client
import re
import sqlite3
import subprocess
import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from urllib.parse import quote, urlencode

import pytest
from faults import mail_catcher, misbehaving
from form_filling import fill_form, proceed, step
from test_business_licence import WORDS as LICENCE_WORDS
from test_business_licence import card
from test_business_licence import send as send_licence
from test_student_discount import WORDS, answers

FORM = "/forms/municipal-tax-discount-student"


@pytest.fixture
def student(people):
    person = people("en", thorough=False)
    person.sign_in("student")
    return person


def draft(person):
    """A new draft; its path."""
    person.go(FORM)
    person.submit()
    return re.match("/drafts/[^/]+", person.path).group()


def place(person, path):
    return f"{person.country.url}/{person.language}{path}"


def token(person):
    return person.page.locator('main input[name="_csrf"]').first.get_attribute("value")


def post(person, path, body, kind="application/x-www-form-urlencoded", cookie=None):
    """A raw request with the person's session: what no browser would send. Status, place it leads to, and page."""
    connection = http.client.HTTPConnection("localhost", person.country.port, timeout=60)
    body = body if isinstance(body, bytes) else body.encode()
    headers = {"Cookie": cookie or person.cookie(), "Content-Type": kind, "Origin": person.country.url, "Accept": "text/html"}
    with closing(connection):
        connection.request("POST", f"/{person.language}{path}", body, headers)
        answer = connection.getresponse()
        return answer.status, answer.headers.get("Location"), answer.read().decode()


def sql(country, text, *values):
    """Straight into the database, for what would take months otherwise."""
    url = country.environment.get("ZAMIN_DATABASE_URL")
    if url:
        for value in values:
            text = text.replace("?", f"'{value}'", 1)
        subprocess.run(["psql", "-q", "-v", "ON_ERROR_STOP=1", url, "-c", text], check=True, capture_output=True)
        return
    with closing(sqlite3.connect(country.folder / "zamin.sqlite", timeout=30)) as database, database:
        database.execute(text, values)


def test_drafts_that_are_not_there(student, people):
    path = draft(student)
    for wrong in [f"/drafts/{uuid.uuid4()}", "/drafts/1", f"/drafts/{uuid.uuid4()}/pages/student", "/drafts/%00", "/drafts/..%2f..%2fetc"]:
        answer = student.page.goto(place(student, wrong))
        assert answer.status in (400, 404), f"{wrong}: {answer.status}"
        assert student.page.locator("h1").count() == 1
    other = people("en", thorough=False)
    other.sign_in("pensioner")
    other.go(path, status=404)
    status, _, _ = post(other, f"{path}/pages/student", urlencode({"eligibility.student": "yes", "action": "continue"}))
    assert status in (403, 404)
    sql(student.country, "UPDATE forms_draft SET expires_at = 1000 WHERE id = ?", path.split("/")[-1])
    answer = student.page.goto(place(student, path))
    assert answer.status in (404, 410) and "500" not in student.main()
    student.check()
    assert "expired" in student.main()


def test_forged_case_numbers(student, people):
    for wrong in [str(uuid.uuid4()), "ZM-2611-7K3FQ2-9", "1", "%27%20OR%201=1", "a" * 3_000]:
        answer = student.page.goto(place(student, f"/me/cases/{wrong}"))
        assert answer.status in (400, 404), f"{wrong}: {answer.status}"
    officer = people("en", thorough=False)
    officer.sign_in("municipal-officer")
    officer.act_for("office:municipality-haifa")
    for wrong in ["ZM-2611-AAAAAA-0", "' OR 1=1 --", "ZM", "זמ-2611", "9" * 30]:
        officer.go(f"/desk?number={quote(wrong)}")
        assert officer.page.locator(".z-banner-warning").count() == 1, wrong
    student.go("/desk", status=403)


@pytest.mark.one_database
def test_files_that_are_not_what_they_say(student, tmp_path):
    fill_form(student, begin_upload(student), until="lease")
    program, text, empty = tmp_path / "lease.pdf", tmp_path / "lease2.pdf", tmp_path / "lease3.pdf"
    program.write_bytes(b"MZ\x90\x00" + bytes(5_000))
    text.write_text("<html><script>alert(1)</script></html>")
    empty.write_bytes(b"")
    for file in (program, text, empty):
        student.attach("property.lease", file)
        student.press("action", "upload")
        assert student.answer.status == 422 and student.page.locator(".z-error").count() == 1, file
        assert student.page.locator(".z-files").count() == 0
    proceed(student)
    assert step(student) == "lease" and student.answer.status == 422


def begin_upload(person):
    draft(person)
    return answers(WORDS["en"], lambda name: None)


@pytest.mark.one_database
def test_a_file_of_200_megabytes(student, tmp_path, pdf):
    fill_form(student, begin_upload(student), until="lease")
    path = student.path
    connection = http.client.HTTPConnection("localhost", student.country.port, timeout=120)
    with closing(connection):
        connection.putrequest("POST", f"/en{path}")
        for name, value in [
            ("Cookie", student.cookie()), ("Origin", student.country.url), ("Content-Type", "multipart/form-data; boundary=x"),
            ("Content-Length", str(200 * 1024 * 1024)),
        ]:
            connection.putheader(name, value)
        connection.endheaders()
        try:
            for _ in range(200):
                connection.send(bytes(1024 * 1024))
        except OSError:
            pass
        answer = connection.getresponse()
        assert answer.status == 413
        assert "too large" in answer.read().decode()
    big = tmp_path / "film.pdf"
    with open(big, "wb") as file:
        file.write(b"%PDF-1.4\n")
        file.truncate(200 * 1024 * 1024)
    student.attach("property.lease", big)
    student.page.locator('button[value="upload"]').click(no_wait_after=True)
    student.page.locator("main", has_text="too large").wait_for(timeout=60_000)
    # The draft is as it was, and a file of ordinary size is taken.
    student.go(path)
    student.attach("property.lease", pdf("lease.pdf"))
    student.press("action", "upload")
    assert "lease.pdf" in student.main()


def test_text_that_is_too_long_or_no_text(student):
    path = draft(student)
    student.choose("eligibility.student", "yes")
    proceed(student)
    student.choose("eligibility.fullExemption", "no")
    proceed(student)
    assert step(student) == "place"
    sign, page = token(student), f"{path}/pages/place"
    long = "א" * 10_000
    status, _, text = post(student, page, urlencode({"_csrf": sign, "property.localityCode": long, "action": "continue"}))
    assert status == 422 and "z-error-summary" in text
    for bad in ["%00", "Hai%00fa", "%ff%fe", "%c3%28", "%ed%a0%80", "%", "%zz", "%e2%80%ae%1b[0m"]:
        status, _, text = post(student, page, f"_csrf={quote(sign)}&property.localityCode={bad}&action=continue")
        assert status in (400, 422), f"{bad}: {status}"
        assert "<h1" in text
    for body, kind in [
        (b"\xff\xfe\x00", "application/x-www-form-urlencoded"), (b"{", "application/json"), (b"--x\r\n\r\n", "multipart/form-data; boundary=x"),
        (b"", "multipart/form-data"), (b"a=b&" * 5_000, "application/x-www-form-urlencoded"), (b"x", "text/plain"),
    ]:
        status, _, _ = post(student, page, body, kind)
        assert 400 <= status < 500, f"{body[:20]} as {kind}: {status}"
    status, _, _ = post(student, page, urlencode({"property.localityCode": "Haifa"}))
    assert status == 403
    student.go(page)
    assert step(student) == "place"
    for path in ["/en/search?q=%00", "/en/search?q=%ff", f"/en/search?q={'a' * 7_000}", "/en/services/%ff", "/%ff/", "/en/verify?code=%00", "/en/sign-in?next=//evil.example"]:
        answer = student.context.request.get(student.country.url + path)
        assert answer.status < 500, f"{path}: {answer.status}"


def test_a_form_sent_from_two_tabs_is_one_case(student, pdf):
    draft(student)
    fill_form(student, answers(WORDS["en"], pdf))
    check, sign, cookie = student.path, token(student), student.cookie()
    assert check.endswith("/check")
    with ThreadPoolExecutor(8) as tabs:
        replies = list(tabs.map(lambda _: post(student, check, urlencode({"_csrf": sign}), cookie=cookie), range(8)))
    places = {re.sub(r"\?.*", "", where) for _, where, _ in replies}
    assert {status for status, _, _ in replies} == {303} and len(places) == 1, replies
    student.submit()
    assert student.path == places.pop().removeprefix("/en")
    # What was sent is no draft any more: its pages lead to the case.
    student.go(check)
    assert student.path.startswith("/me/cases/")


@pytest.mark.one_database
def test_a_payment_confirmed_twice_is_paid_once(people, pdf):
    """A card whose acquirer tells of the payment three times, and a person who comes back and sends again."""
    owner = people("en", thorough=False)
    _, path = send_licence(owner, LICENCE_WORDS["en"], pdf)
    owner.click('main a[href*="/pay/"]')
    pay = owner.path
    owner.submit()
    checkout = owner.page.url
    card(owner, "4580 0000 0000 0083")
    owner.until(lambda: owner.page.locator(".z-panel").count(), "the payment")
    for _ in range(3):
        owner.go(f"{pay}/return")
        assert owner.page.locator(".z-panel").count() == 1
    status, where, _ = post(owner, pay, urlencode({"_csrf": owner.page.locator('input[name="_csrf"]').first.get_attribute("value")}))
    assert status == 303 and where.startswith("/en/pay/")
    owner.page.goto(checkout)
    assert owner.page.locator("form input[name=number]").count() == 0
    owner.go(path)
    owner.until(lambda: "Israel Police" in owner.main(), "the bodies' approvals")
    assert owner.page.locator(".z-stages").inner_text().count("Being checked") == 3
    assert owner.main().count("The payment was received") == 1


def by_herself(person):
    """What the registers would have said, typed."""
    own = answers(WORDS["en"], None)

    def details(person):
        person.fill("applicant.givenName", "Noa")
        person.fill("applicant.familyName", "Barak")
        person.fill("applicant.registeredAddress.locality", "Haifa")
        person.fill("applicant.registeredAddress.street", "HaGalil")
        person.fill("applicant.registeredAddress.house", "27")

    def studies(person):
        person.fill("studies.institution", "Technion")
        person.fill("studies.programme", "Computer science")
        person.fill("studies.yearOfStudy", "2")
        person.choose("studies.fullTime", "yes")

    return {**own, "person": details, "studies": studies}


@pytest.mark.one_database
@pytest.mark.parametrize("mode", ["down", "slow", "wrong-signature"])
def test_registers_that_do_not_answer(people, mode):
    """A newcomer to the register's cache: what is not known is asked of the person, and she goes on."""
    person = people("en", thorough=False)
    person.sign_in("new-immigrant")
    with misbehaving(person.country, mode):
        path = draft(person)
        began = time.monotonic()
        seen = fill_form(person, {**by_herself(person), "person": lambda person: None}, until="person")
        assert step(person) == "person" and len(seen) == 3
        assert time.monotonic() - began < 60
        if mode == "slow":
            assert person.page.locator(".z-preview .z-source").count() or person.page.locator(".z-inset").count()
        else:
            assert "Population and Immigration Authority" in person.page.locator(".z-inset").inner_text()
            by_herself(person)["person"](person)
            proceed(person)
            assert step(person) == "contact"
    # The fault is over: the draft is there, with what was typed.
    person.go(path)
    assert step(person) == ("person" if mode == "slow" else "contact")
    if mode != "slow":
        person.go(f"{path}/pages/person")
        assert "Noa" in person.page.content()
    person.go("/me/drafts")
    person.click("main form[action$='/delete'] button")


@pytest.mark.one_database
def test_mail_goes_out_when_the_mail_server_is_back(people, pdf):
    person = people("en", thorough=False)
    person.sign_in("student")
    draft(person)
    fill_form(person, answers(WORDS["en"], pdf))
    process = mail_catcher(person.country)
    subprocess.run(["kill", "-STOP", str(process)], check=True)
    try:
        person.submit()
        assert person.path.startswith("/me/cases/")
        number = re.search(r"ZM-\d{4}-[0-9A-Z]{6}-[0-9A-Z]", person.main()).group()
        person.go("/me/messages")
    finally:
        subprocess.run(["kill", "-KILL", str(process)], check=True)
    person.country.wait()
    person.country.mail("noa.barak@example.test", number, seconds=120)
