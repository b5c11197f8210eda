"""Two gateways in houses of their own, in two network namespaces, with mutual TLS between them: what passes, what is logged, what goes on
when the centre is cut off, a process is killed or a disk is full."""

import json
import shutil
import socket
import sqlite3
import ssl
import subprocess

import pytest
from country import ROOT
from house import Authority, House, Wire, may_wire, outcomes
from test_faults import fill
from town import Town, eventually, is_root

pytestmark = [
    pytest.mark.one_database,
    pytest.mark.skipif(not is_root() or not shutil.which("ip") or not may_wire(), reason="this machine lets nobody make network namespaces"),
]

ANSWERED = "SELECT case_id, id FROM spine_message WHERE outcome = 'answered' AND operation = 'population.person'"


class Houses:
    """The centre, Haifa's house, which asks, and the population authority's, which answers."""

    def __init__(self, disk):
        self.wire = Wire()
        self.centre = Town(ZAMIN_HOST="0.0.0.0")
        self.centre.environment["ZAMIN_CONTENT"] = str(self.content())
        self.centre.environment["ZAMIN_PUBLIC_URL"] = f"http://{self.wire.address(1)}:{self.centre.port}"
        self.authority = Authority("Gateways of the country")
        self.disk = disk
        self.haifa = House(self.wire, 2, self.authority)
        self.population = House(self.wire, 3, self.authority, folder=disk)
        self.centre.run("migrate")
        self.centre.run("demo")
        for house, body in [(self.haifa, "municipality-haifa"), (self.population, "population-authority")]:
            self.centre.run("gateways", "add", house.url, str(house.folder / "public.json"), body)
        key, url = self.centre.run("gateways", "key").stdout, self.centre.environment["ZAMIN_PUBLIC_URL"]
        self.haifa.settle(url, key, timestamps=self.haifa.start_time_stamps(), webhooks=[self.haifa.start_hook()])
        self.population.settle(url, key, self.population.prepare_registers())
        self.centre.start("serve")
        self.centre.wait_ready()
        self.population.start_gateway()
        self.haifa.start_gateway()

    def content(self):
        """The country's content; what Haifa agreed on may be asked more often than a test does."""
        content = self.centre.write_content(0)
        document = json.loads((ROOT / "Data/agreements.json").read_text())
        for agreement in document["agreements"]:
            agreement["ratePerMinute"] = 1_000_000
        (content / "agreements.json").unlink()
        (content / "agreements.json").write_text(json.dumps(document, ensure_ascii=False))
        return content

    def close(self):
        for house in [self.haifa, self.population]:
            house.close()
        self.centre.close()
        self.wire.close()

    def settled(self):
        """The same, once Haifa's gateway has told all it has."""
        eventually(lambda: self.haifa.rows("SELECT count(*) FROM spine_look") == [(0,)], 30, "looks wait")
        return self.looks()

    def looks(self):
        """How many looks of Haifa the people's lists hold."""
        return self.centre.number("SELECT count(*) FROM audit_entry WHERE content LIKE '%register.population.person%'")

    def both_logged(self, cases):
        """Each of these is in both logs, as the same message."""
        asked, answered = dict(self.haifa.rows(ANSWERED)), dict(self.population.rows(ANSWERED))
        return all(case in asked and asked[case] == answered.get(case) for case in cases)


@pytest.fixture(scope="module")
def houses(tmp_path_factory):
    disk = tmp_path_factory.mktemp("disk")
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=128m,mode=700", "tmpfs", str(disk)], capture_output=True).returncode != 0:
        pytest.skip("this machine lets nobody mount a file system")
    made = None
    try:
        made = Houses(disk)
        yield made
    finally:
        if made:
            made.close()
        subprocess.run(["umount", "-l", str(disk)], check=True)


def answered(houses, count, first, threads=4):
    got = outcomes(houses.haifa.ask(count, threads, first))
    assert len(got) == count and set(got.values()) == {200}, f"{got}\n{houses.haifa.text_of_log()}\n{houses.population.text_of_log()}"
    assert houses.both_logged(got)
    return got


def test_a_question_passes_and_the_person_sees_it(houses):
    before = houses.settled()
    answered(houses, 3, 0)
    eventually(lambda: houses.looks() == before + 3, 30, "the looks did not reach the centre")
    # The gateway forgets them once it knows that they arrived.
    eventually(lambda: houses.haifa.rows("SELECT count(*) FROM spine_look") == [(0,)], 30, "looks wait")
    # Nothing that was said is in either log.
    for house in [houses.haifa, houses.population]:
        assert "600000012" not in str(house.rows("SELECT * FROM spine_message"))


def test_prometheus_reads_what_each_gateway_counted(houses):
    for house, face in [(houses.haifa, "consumer"), (houses.population, "provider")]:
        before = house.counted(face)
        answered(houses, 4, 9_000 if face == "consumer" else 9_100)
        assert house.counted(face) == before + 4
    assert not houses.haifa.answers("http://127.0.0.1:8092/metrics"), "without the token"


def test_strangers_get_no_further_than_the_handshake(houses, tmp_path):
    def talks(folder):
        context = ssl.create_default_context(cafile=houses.haifa.folder / "tls/authorities.crt")
        if folder:
            context.load_cert_chain(folder / "gateway.crt", folder / "gateway.key")
        try:
            with socket.create_connection((houses.population.address, 8443), 10) as raw, context.wrap_socket(raw, server_hostname=houses.population.address) as wire:
                wire.sendall(b"POST /incoming/population.person HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n{}")
                return wire.recv(64)
        except (ssl.SSLError, ConnectionError):
            return b""

    assert talks(None) == b"" and talks(Authority("Somebody else").issue(tmp_path / "a", "10.0.0.9")) == b""
    # With a certificate the wire is open, and an unsigned question is refused.
    assert b" 401 " in talks(houses.haifa.folder / "tls")


def test_traffic_goes_on_without_the_centre(houses):
    before = houses.settled()
    houses.wire.cut_centre()
    try:
        answered(houses, 100, 1_000)
        # A gateway that starts now begins with what it had.
        houses.haifa.stop("gateway")
        houses.haifa.start_gateway()
        answered(houses, 20, 1_100)
        assert houses.looks() == before
    finally:
        houses.wire.mend_centre()
    eventually(lambda: houses.looks() == before + 120, 60, "the looks did not reach the centre once it was back")
    eventually(lambda: houses.haifa.rows("SELECT count(*) FROM spine_look") == [(0,)], 30, "what the centre has taken waits on")


@pytest.mark.parametrize("victim, first", [("haifa", 2_000), ("population", 3_000)])
def test_killed_under_load(houses, victim, first):
    before = houses.settled()
    house, asking = getattr(houses, victim), houses.haifa.ask(600, 8, first)
    eventually(lambda: len(house.rows(f"SELECT id FROM spine_message WHERE case_id >= 'case-{first}' AND case_id < 'case-{first + 999}'")) > 100)
    house.stop("gateway", kill=True)
    house.start_gateway()
    got = outcomes(asking)
    acknowledged = [case for case, status in got.items() if status == 200]
    assert 100 <= len(acknowledged) < 600 and set(got.values()) <= {0, 200, 502, 503}
    assert houses.both_logged(acknowledged)
    # Whatever was logged as answered is told, whether or not the answer arrived.
    cases = {case for case, _ in houses.haifa.rows(ANSWERED) if case.split("-")[1].isdigit() and first <= int(case.split("-")[1]) < first + 600}
    eventually(lambda: houses.looks() == before + len(cases), 60, "looks were lost or told twice")
    # The asking side rests from a peer that failed for a few seconds.
    eventually(lambda: set(outcomes(houses.haifa.ask(1, 1, first + 700)).values()) == {200}, 30, "it did not recover")
    answered(houses, 5, first + 800)


def test_a_full_disk_lets_nothing_through_that_is_not_logged(houses):
    answered(houses, 1, 5_000)
    fill(houses.disk)
    try:
        got = outcomes(houses.haifa.ask(40, 4, 5_100))
        assert houses.both_logged([case for case, status in got.items() if status == 200])
        assert 503 in got.values() or 502 in got.values(), got
    finally:
        (houses.disk / "filler").unlink()
    eventually(lambda: outcomes(houses.haifa.ask(1, 1, 5_200)).get("case-5200") == 200, 60, "it did not recover")


def test_a_suspension_is_in_force_within_two_seconds(houses):
    """Last: the agreement stays suspended."""
    answered(houses, 1, 6_000)
    suspension = "UPDATE spine_agreement SET status = 'suspended' WHERE id = 'municipal-discount-person.municipality-haifa'"
    houses.centre.rows(suspension)
    houses.centre.rows("UPDATE spine_edition SET edition = edition + 1")
    eventually(lambda: set(outcomes(houses.haifa.ask(1, 1, 6_100)).values()) == {403}, 10, "the suspension did not reach the gateway")
    assert set(outcomes(houses.haifa.ask(20, 4, 6_200)).values()) == {403}
    refused = houses.haifa.rows("SELECT count(*) FROM spine_message WHERE outcome = 'refused' AND case_id >= 'case-6200' AND case_id <= 'case-6219'")
    assert refused == [(20,)]


def test_a_house_is_told_what_changes_without_the_centre(houses):
    """Haifa follows somebody at the population authority, which tells that she moved; Haifa's own system hears of it, once it is up."""
    number = "600000012"
    question = {
        "consumer": "municipality-haifa", "parameters": {"nationalNumber": number}, "purpose": "municipal-tax-discount", "case": "case-move",
        "basis": {"kind": "law", "reference": "arnona-regulations-1993"}, "actor": {"kind": "system", "id": "system:arnona", "name": "arnona"},
    }
    before = houses.settled()
    houses.wire.cut_centre()
    try:
        assert houses.haifa.send("POST", "/outgoing/population.addressChanged", question)[0] == 200
        for person in [number, "600000020"]:
            event = {
                "specversion": "1.0", "id": f"move-{person}", "source": "/population", "type": "population.addressChanged", "subject": person,
                "data": {"address": {"localityCode": 2500, "locality": "נשר", "street": "השקד", "since": "2026-11-20"}},
            }
            assert houses.population.send("POST", "/changes", event)[0] == 204
        told = eventually(lambda: len(houses.haifa.told()) >= 2 and houses.haifa.told(), 60, "Haifa's system was not told")
        # The first time it refused, so it was told once more.
        assert [event["id"] for event in told] == [f"move-{number}"] * 2
        assert told[1]["data"] == {"address": {"localityCode": 2500, "locality": "נשר", "since": "2026-11-20"}}
    finally:
        houses.wire.mend_centre()
    # It is in her list as soon as the centre is back: that Haifa follows her, and each time it fetched.
    count = "SELECT count(*) FROM audit_entry WHERE content LIKE '%register.population.addressChanged%'"
    eventually(lambda: houses.centre.number(count) >= 2, 60, "the person's list does not say so")
    assert houses.looks() == before


def test_each_house_proves_its_log_of_messages(houses):
    """Read from beside the running gateway, and once somebody has written in the database."""
    for house in [houses.haifa, houses.population]:
        eventually(lambda: house.rows("SELECT count(*) FROM spine_message WHERE sequence IS NULL") == [(0,)], 60, "messages wait for a place")
        # Haifa's gateway goes on fetching events meanwhile.
        count = house.rows("SELECT count(*) FROM spine_message WHERE sequence IS NOT NULL")[0][0]
        said = house.run("standalone-gateway", str(house.folder), "verify-log").stdout
        assert int(said.split(" entries")[0].split()[-1]) >= count > 0 and "The log is whole." in said
        assert ("time stamps hold" in said) == (house is houses.haifa)
        with sqlite3.connect(house.folder / "gateway.sqlite") as database:
            database.execute("UPDATE spine_message SET decision = 'permitted' WHERE sequence = ?", (count // 2,))
        told = house.run("standalone-gateway", str(house.folder), "verify-log", check=False)
        assert told.returncode == 1 and "FAULT" in told.stdout and "whole" not in told.stdout
