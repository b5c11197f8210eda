"""A register tells that somebody moved: in CloudEvents as another's library writes and reads them, through both gateways, to the case of the
municipality that follows her, and to her own pages."""

import datetime
import json
import re

import pytest
import requests
from citizen import Citizen, Student, words
from cloudevents.core.bindings.http import HTTPMessage, from_structured_event, to_structured_event
from cloudevents.core.formats.json import JSONFormat
from cloudevents.core.v1.event import CloudEvent
from town import eventually

TYPE = "population.addressChanged"


def secret(town):
    return {"Authorization": f"Bearer {(town.data / 'keys/gateway.secret').read_text().strip()}"}


def moved(number, **attributes):
    """That somebody moved to Nesher, as the population register would tell it."""
    address = {"localityCode": 2500, "locality": "נשר", "street": "השקד", "house": "4", "since": "2026-11-20"}
    time = datetime.datetime(2026, 11, 21, 8, tzinfo=datetime.timezone.utc)
    return CloudEvent(
        {"id": f"move-{number}", "source": "/population", "type": TYPE, "subject": number, "time": time, "datacontenttype": "application/json",
         "specversion": "1.0", **attributes}, {"address": address})


def tell(town, event):
    message = to_structured_event(event, JSONFormat())
    return requests.post(f"http://127.0.0.1:{town.port + 4}/changes", data=message.body, headers={**dict(message.headers), **secret(town)}, timeout=30)


def fetch(town, after=0, body="municipality-haifa", purpose="municipal-tax-discount"):
    query = {"body": body, "purpose": purpose, "after": after}
    return requests.get(f"http://127.0.0.1:{town.port + 3}/events/{TYPE}", params=query, headers=secret(town), timeout=30)


@pytest.fixture(scope="module")
def student(town):
    """A student whose discount was approved, and who is followed since."""
    persona = town.students[0]
    student = Student(town.url).sign_in(town, persona)
    case = student.case(student.send(student.fill()))
    assert case
    officer = Citizen(town.url).sign_in(town, town.personas()["municipal-officer"])
    officer.get("/capacity")
    assert officer.post("/capacity", {"capacity": "office:municipality-haifa:case-officer"}).status_code == 303
    officer.get(f"/desk/cases/{case}")
    for verb in ["take", "approve"]:
        answer = officer.post(f"/desk/cases/{case}/{verb}", {"reason": ""})
        assert answer.status_code == 303, words(answer)
    student.number, student.path, student.officer = persona["nationalNumber"], f"/me/cases/{case}", officer
    student.desk = f"/desk/cases/{case}"
    eventually(lambda: "The body will be told of a change" in student.get(student.path).text, 60, "the register was not asked")
    return student


def test_the_person_sees_who_is_told(town, student):
    page = student.get("/me/consents")
    assert "Who is told when something changes" in page.text and "A resident's registered address changed" in page.text.replace("&#39;", "'"), words(page)
    link = re.search(r'href="(/en/data-transfers/municipal-discount-address[^"]*)"', page.text).group(1)
    assert "no longer the address of who received it" in student.request("GET", link).text
    other = Student(town.url).sign_in(town, town.students[1])
    assert "Who is told when something changes" not in other.get("/me/consents").text


def test_a_change_reaches_the_case_and_the_persons_list(town, student):
    assert tell(town, moved(student.number)).status_code == 204
    assert tell(town, moved(student.number)).status_code == 204
    answer = fetch(town).json()
    mine = [event for event in answer["events"] if event["subject"] == student.number]
    assert len(mine) == 1 and answer["gap"] is False and answer["next"] >= int(mine[0]["sequence"])
    event = from_structured_event(HTTPMessage({"content-type": "application/cloudevents+json"}, json.dumps(mine[0]).encode()), JSONFormat())
    assert (event.get_id(), event.get_type(), event.get_subject()) == (f"move-{student.number}", TYPE, student.number)
    assert event.get_data() == {"address": {"localityCode": 2500, "locality": "נשר", "since": "2026-11-20"}}
    assert fetch(town, after=answer["next"]).json()["events"] == []
    for reader, path in [(student, student.path), (student.officer, student.desk)]:
        eventually(lambda: "The register told of a change" in reader.get(path).text, 150, "the change does not stand on the case")
        text = reader.get(path).text
        assert "נשר" in text and "20 November 2026" in text and text.count("The register told of a change") == 1
    looks = student.get("/me/access").text
    assert "A change of address was told by the Population Register" in looks


@pytest.mark.one_database
def test_what_is_no_event_of_this_register_is_refused(town, student):
    assert tell(town, moved(student.number, type="students.graduated")).status_code == 404
    assert tell(town, moved("600000013")).status_code == 400
    assert requests.post(f"http://127.0.0.1:{town.port + 4}/changes", json={}, timeout=30).status_code in (401, 422)
    assert fetch(town, body="digital-authority").status_code == 403
    assert fetch(town, after=-1).status_code == 400
