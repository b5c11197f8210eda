"""The documents that the servers publish, held by strangers: openapi-spec-validator reads them, schemathesis calls everything in them."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import requests
from citizen import Student
from openapi_spec_validator import OpenAPIV31SpecValidator

HERE = Path(__file__).resolve().parent
OFFSETS = {"portal": 0, "acquirer": 1, "registers": 2, "consumer gateway": 3, "provider gateway": 4}
CHECKS = "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance"
# What ends the session that the rest of the run speaks in. Without a session they are called like all others.
ENDING = [
    "identity.signOut", "identity.endAllSessions", "identity.endSession", "identity.changePassword", "identity.chooseCapacity", "openid.endSession",
]


def document(country, server):
    return requests.get(f"http://127.0.0.1:{country.port + OFFSETS[server]}/openapi.json", timeout=30).json()


def operations(found):
    return {operation["operationId"]: operation for item in found["paths"].values() for operation in item.values()}


def run_schemathesis(country, server, *arguments, checks=CHECKS, **environment):
    program = Path(sys.executable).parent / "schemathesis"
    done = subprocess.run(
        [
            str(program), "run", f"http://localhost:{country.port + OFFSETS[server]}/openapi.json", "--checks", checks, "--no-color", "--seed", "1",
            "--phases", "examples,coverage,fuzzing", "--max-examples", "3", "--generation-database", "none", "--warnings", "off", *arguments,
        ],
        cwd=country.folder, capture_output=True, text=True, timeout=600,
        env={**os.environ, "SCHEMATHESIS_HOOKS": str(HERE / "openapi_hooks.py"), "PYTHONPATH": str(HERE), **environment},
    )
    assert done.returncode == 0, (done.stdout + done.stderr)[-12_000:]
    return done.stdout


@pytest.mark.one_database
@pytest.mark.parametrize("server", OFFSETS)
def test_the_document_is_valid_openapi_3_1(country, server):
    found = document(country, server)
    assert found["openapi"].startswith("3.1.")
    faults = [fault.message for fault in OpenAPIV31SpecValidator(found).iter_errors()]
    assert not faults, faults[:5]


@pytest.mark.one_database
def test_the_document_lists_everything(country):
    listed = operations(document(country, "portal"))
    assert {"operations.openAPI", "operations.developers", "web.staticFile", "forms.send", "identity.signIn"} <= set(listed)
    assert all(operation["x-audience"] for operation in listed.values())


def test_every_answer_to_a_stranger_matches_the_document(country):
    run_schemathesis(country, "portal")


def test_every_answer_to_somebody_signed_in_matches_the_document(country):
    noa = Student(country.url).sign_in(country, country.personas()["student"])
    sent, draft = noa.fill(), noa.fill()
    case = noa.case(noa.send(sent))
    entry = noa.get("/me/access").text.split("/me/access/")[1].split("/")[0]
    known = {
        "language": "he", "form": Student.FORM, "draft": draft.split("/")[2], "case": case, "step": "contact", "entry": entry,
        "service": document_id(country, "services"), "id": document_id(country, "services"), "body": document_id(country, "bodies"),
        "event": document_id(country, "life-events"),
    }
    ending = [argument for operation in ENDING for argument in ("--exclude-operation-id", operation)]
    assert set(ENDING) <= set(operations(document(country, "portal")))
    run_schemathesis(
        country, "portal", "-H", f"Cookie: {noa.cookie_header}", *ending, ZAMIN_OPENAPI_TOKEN=noa.token,
        ZAMIN_OPENAPI_KNOWN=json.dumps(known))
    assert noa.get("/me").status_code == 200, "the session outlived the run"


def document_id(country, collection):
    found = requests.get(f"{country.url}/api/v1/{collection}", timeout=30).json()
    items = next(value for value in found.values() if isinstance(value, list)) if isinstance(found, dict) else found
    return items[0]["id"]


@pytest.mark.one_database
@pytest.mark.parametrize("server", ["acquirer", "registers", "consumer gateway", "provider gateway"])
def test_the_other_servers_answer_strangers_as_documented(country, server):
    try:
        run_schemathesis(country, server)
    finally:
        if server == "registers":
            # The run has tried every fault the registers can be told to have.
            requests.post(f"http://127.0.0.1:{country.port + OFFSETS[server]}/faults", json={"mode": "none"}, timeout=30).raise_for_status()
    assert requests.get(f"http://127.0.0.1:{country.port + OFFSETS[server]}/openapi.json", timeout=30).status_code == 200
