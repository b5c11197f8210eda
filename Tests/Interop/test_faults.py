"""What must survive what must not happen: killed servers, lost databases, full disks, silent neighbours."""

import concurrent.futures
import os
import shutil
import signal
import socket
import subprocess
import threading
import time

import pytest
import requests
from citizen import Citizen, Student, words
from town import ON, Cable, Town, database_url, eventually, is_root, status, wait_for

DRAFTS_EACH = 20
# Acknowledged before the server is killed: enough to lose, enough left to repeat.
ACKNOWLEDGED_BEFORE_KILL = 60
NOTHING_SAVED = "Nothing was saved"


def students_with_drafts(town):
    """Ten students with twenty forms each, all ready to be sent."""
    people = [Student(town.url).sign_in(town, persona) for persona in town.students]
    with concurrent.futures.ThreadPoolExecutor(3) as pool:
        drafts = list(pool.map(lambda person: [(person, person.fill()) for _ in range(DRAFTS_EACH)], people))
    return [pair for pairs in drafts for pair in pairs]


def test_killed_in_the_middle_of_two_hundred_submissions(town):
    prepared = students_with_drafts(town)
    assert len(prepared) == 200
    acknowledged, lock, enough = {}, threading.Lock(), threading.Event()

    def send(pair):
        person, draft = pair
        try:
            case = person.case(person.twin().send(draft))
        except requests.RequestException:
            return
        with lock:
            acknowledged[draft] = case
            if len(acknowledged) >= ACKNOWLEDGED_BEFORE_KILL:
                enough.set()

    with concurrent.futures.ThreadPoolExecutor(16) as pool:
        sending = [pool.submit(send, pair) for pair in prepared]
        assert enough.wait(120), f"only {len(acknowledged)} were acknowledged"
        town.stop("serve", kill=True)
        concurrent.futures.wait(sending)
    assert ACKNOWLEDGED_BEFORE_KILL <= len(acknowledged) < 200 and all(acknowledged.values())

    town.start("serve")
    town.wait_ready()
    top = "SELECT submission_id, id FROM delivery_case WHERE parent_id IS NULL"
    kept = dict(town.rows(top))
    for draft, case in acknowledged.items():
        assert kept.get(draft.split("/")[2]) == case, f"{draft} was acknowledged and is not there"

    # Everybody tries again, as after an answer that never came, and then once more.
    for _ in range(2):
        with concurrent.futures.ThreadPoolExecutor(8) as pool:
            again = dict(pool.map(lambda pair: (pair[1], pair[0].case(pair[0].twin().send(pair[1]))), prepared))
        assert all(again.values()) and len(set(again.values())) == 200
        assert all(again[draft] == case for draft, case in acknowledged.items())
    rows = town.rows(top)
    assert len(rows) == 200 and dict(rows) == {draft.split("/")[2]: case for draft, case in again.items()}
    assert town.number("SELECT count(*) FROM forms_submission") == 200
    assert town.number("SELECT count(*) FROM forms_draft") == 0
    assert town.number("SELECT count(DISTINCT number) FROM delivery_case") == town.number("SELECT count(*) FROM delivery_case")
    assert "The logs are whole." in town.run("verify-log").stdout


def test_a_polite_stop_finishes_what_is_in_flight(town):
    noa = Student(town.url).sign_in(town, town.students[0])
    draft = noa.fill()
    body = f"_csrf={noa.token}".encode()
    head = (
        f"POST /en{draft}/check HTTP/1.1\r\nHost: localhost:{town.port}\r\nCookie: {noa.cookie_header}\r\n"
        f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n"
    ).encode()
    with socket.create_connection(("127.0.0.1", town.port), timeout=30) as connection:
        connection.sendall(head + body[:10])
        # The server has read the head once it answers another request that came later.
        assert status(f"{town.url}/health/live") == 200
        time.sleep(0.3)
        server = town.processes.pop("serve")
        server.send_signal(signal.SIGTERM)
        eventually(lambda: status(f"{town.url}/health/live", 2) is None, 15, "it still takes new connections")
        connection.sendall(body[10:])
        answer = b""
        while data := connection.recv(65_536):
            answer += data
    assert answer.startswith(b"HTTP/1.1 303"), answer[:500]
    assert server.wait(timeout=15) == 0
    town.start("serve")
    town.wait_ready()
    assert town.rows(f"SELECT count(*) FROM delivery_case WHERE submission_id = '{draft.split('/')[2]}'") == [["1"]]


def test_two_servers_share_one_database(town):
    other = Town.__new__(Town)
    other.__dict__ = {**town.__dict__, "processes": {}, "environment": dict(town.environment)}
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        other.port = probe.getsockname()[1]
    other.url = f"http://localhost:{other.port}"
    other.environment |= {
        "ZAMIN_PORT": str(other.port), "ZAMIN_GATEWAY_PORT": str(town.port + 3), "ZAMIN_MAIL_PORT": str(town.port + 5),
        "ZAMIN_ACQUIRER_PORT": str(town.port + 1),
    }
    other.start("serve")
    try:
        other.wait_ready()
        noa = Student(town.url).sign_in(town, town.students[1])
        draft = noa.begin()
        there = noa.twin()
        there.url = other.url
        assert there.get("/me").status_code == 200
        assert there.post(f"{draft}/pages/student", {"eligibility.student": "yes", "action": "continue"}).status_code == 303
        assert "checked" in noa.get(f"{draft}/pages/student").text
        with concurrent.futures.ThreadPoolExecutor(4) as pool:
            begun = list(pool.map(lambda person: [person.begin() for _ in range(4)], [noa.twin(), there, noa.twin()]))
        assert len({draft for drafts in begun for draft in drafts}) == 12
    finally:
        other.stop()
    assert noa.get("/me/drafts").status_code == 200


def test_mail_waits_for_the_mail_server(town):
    noa = Student(town.url).sign_in(town, town.students[2])
    draft = noa.fill()
    town.stop("mail")
    assert noa.case(noa.send(draft))
    number = town.rows(f"SELECT number FROM delivery_case WHERE submission_id = '{draft.split('/')[2]}'")[0][0]
    # The worker has tried in vain at least once.
    eventually(lambda: town.number("SELECT count(*) FROM jobs_job WHERE tries > 0 AND state <> 'done'") > 0, 30, "nobody tried to send mail")
    town.start("mail")
    wait_for(f"{town.mail_url}/api/messages")
    town.mail(town.students[2]["email"], number, seconds=120)


def test_a_register_that_is_down_does_not_stop_a_form(town):
    noa = Student(town.url).sign_in(town, town.students[3])
    before_person = Student.PAGES[:3]

    def person_page():
        draft = noa.begin()
        for step, answers in before_person:
            assert noa.post(f"{draft}/pages/{step}", {**answers, "action": "continue"}).status_code == 303
        page = noa.get(f"{draft}/pages/person")
        noa.post(f"{draft}/delete")
        assert page.status_code == 200
        return page.text

    assert "z-preview" in person_page()
    town.stop("registers")
    page = person_page()
    # Her own number is known without any register; the rest she is asked.
    assert 'name="applicant.givenName"' in page and 'name="applicant.nationalNumber"' not in page
    town.start("registers")
    eventually(lambda: 'name="applicant.givenName"' not in person_page(), 90, "the register is back, but nobody asks it")


def test_a_database_that_is_ahead_is_refused(town):
    town.rows("INSERT INTO database_migration (module, name, checksum, applied_at) VALUES ('forms', '9999-later', 'c', 0)")
    try:
        for role in ["serve", "worker", "migrate"]:
            done = town.run(role, check=False)
            assert done.returncode == 1 and "the database is ahead: forms/9999-later" in done.stderr, done.stderr
    finally:
        town.rows("DELETE FROM database_migration WHERE name = '9999-later'")
    assert town.run("migrate").returncode == 0


@pytest.mark.skipif("postgres" not in ON, reason="needs PostgreSQL: set ZAMIN_TEST_POSTGRES")
def test_a_lost_database_is_told_and_found_again():
    direct = database_url("postgres")
    address, _, name = direct.removeprefix("postgres://").rpartition("/")
    user, _, place = address.rpartition("@")
    host, _, port = place.partition(":")
    cable = Cable(host, int(port or 5432))
    town = Town(students=1, database_url=f"postgres://{user}@127.0.0.1:{cable.port}/{name}")
    try:
        town.start_all()
        noa = Student(town.url).sign_in(town, town.students[0])
        draft = noa.fill()
        cable.cut()
        wait_for(f"{town.url}/health/ready", wanted=503)
        assert status(f"{town.url}/health/live") == 200
        for language, text in [("en", NOTHING_SAVED), ("he", "שום דבר לא נשמר")]:
            reader = noa.twin()
            reader.language = language
            for answer in [reader.get("/me"), reader.get(f"{draft}/check"), reader.post(f"{draft}/check")]:
                assert answer.status_code == 503 and text in answer.text and answer.headers["Retry-After"], words(answer)
        stranger = Citizen(town.url)
        assert stranger.get("/sign-in").status_code == 200, "what needs no database is still shown"
        cable.mend()
        wait_for(f"{town.url}/health/ready")
        assert noa.case(noa.send(draft)), "the same form, the same session, without a new start"
        town.mail(town.students[0]["email"], "request|Request|case", seconds=90)
    finally:
        town.close()


@pytest.mark.skipif(not is_root(), reason="only root may make a disk that is small enough to fill")
def test_a_full_disk_is_told_and_costs_nothing(tmp_path):
    disk = tmp_path / "disk"
    disk.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=96m,mode=700", "tmpfs", str(disk)], capture_output=True).returncode != 0:
        pytest.skip("this machine lets nobody mount a file system")
    town = Town(students=1, folder=disk)
    try:
        town.start_all()
        noa = Student(town.url).sign_in(town, town.students[0])
        drafts = [noa.fill() for _ in range(3)]
        # Without space that the write-ahead log has taken before.
        eventually(lambda: town.rows("PRAGMA wal_checkpoint(TRUNCATE)")[0][0] == "0")
        fill(disk)
        answers = [noa.send(drafts[0]) for _ in range(3)]
        for answer in answers:
            assert answer.status_code == 503 and NOTHING_SAVED in answer.text, words(answer)
        assert noa.get("/services").status_code == 200
        assert noa.get("/me/drafts").status_code == 200
        (disk / "filler").unlink()
        cases = {noa.case(noa.send(draft)) for draft in drafts}
        assert None not in cases and len(cases) == 3
        assert town.number("SELECT count(*) FROM delivery_case WHERE parent_id IS NULL") == 3
        assert "The logs are whole." in town.run("verify-log").stdout
    finally:
        town.close()
        subprocess.run(["umount", "-l", str(disk)], check=False)


def fill(disk):
    """Takes all the space there is, and what is given back meanwhile."""
    with open(disk / "filler", "wb", buffering=0) as filler:
        for _ in range(3):
            try:
                while True:
                    filler.write(bytes(65_536 if shutil.disk_usage(disk).free > 65_536 else 4_096))
            except OSError:
                os.fsync(filler.fileno())
