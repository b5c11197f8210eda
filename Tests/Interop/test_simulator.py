"""The simulator, as developers of a client meet it: people who are made up, and sixteen errors that software of others notices."""

import re
import urllib.parse

import pytest
import requests
from citizen import Citizen, words
from jwskate import InvalidSignature
from relying_party import Party
from requests_oauth2client.exceptions import AuthorizationResponseError, InvalidGrant, InvalidTokenResponse, MismatchingIssuer, MismatchingState
from requests_oauth2client.tokens import InvalidIdToken, MismatchingIdTokenAudience, MismatchingIdTokenNonce
from town import Town

ALL = [
    "access-denied", "login-required", "unmet-requirements", "temporarily-unavailable", "wrong-state", "wrong-issuer", "code-expired", "token-unavailable",
    "wrong-nonce", "wrong-audience", "expired-id-token", "unknown-key", "bad-signature", "refresh-revoked", "userinfo-refused", "userinfo-unavailable",
]


@pytest.fixture(scope="module")
def simulator():
    town = Town(ZAMIN_SIMULATOR="true")
    try:
        yield town.start_all()
    finally:
        town.close()


@pytest.fixture(scope="module")
def party(simulator):
    return Party(simulator, "simulated")


def arrive(town, party, fault=""):
    """From the client through the simulator's page, with an error; the request and where the browser ends."""
    citizen = Citizen(town.url)
    asked, away = party.sign_in(citizen, ui_locales="en", nonce="a nonce")
    assert away.status_code == 303 and "/en/openid/simulator?" in away.headers["Location"], words(away)
    page = citizen.request("GET", away.headers["Location"].removeprefix(town.url))
    assert page.status_code == 200 and "Everybody here is made up" in page.text, words(page)
    person = re.search(r'name="person" value="([^"]+)"', page.text).group(1)
    query = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(away.headers["Location"]).query))
    answer = citizen.post("/openid/simulator", {**query, "person": person, "fault": fault})
    assert answer.status_code == 200, words(answer)
    back = citizen.request("GET", answer.headers["Refresh"].removeprefix("0; url="))
    if back.status_code == 200:
        agreed = citizen.post("/openid/continue", {**query, "decision": "agree"})
        back = citizen.request("GET", agreed.headers["Refresh"].removeprefix("0; url="))
    assert back.status_code == 303, words(back)
    return asked, back.headers["Location"]


def test_the_page_offers_sixteen_errors(simulator, party):
    citizen = Citizen(simulator.url)
    _, away = party.sign_in(citizen, ui_locales="en")
    page = citizen.request("GET", away.headers["Location"].removeprefix(simulator.url))
    assert re.findall(r'<option value="([a-z-]+)">', page.text) == ALL


def test_without_an_error_all_goes_well(simulator, party):
    asked, back = arrive(simulator, party)
    token = party.client.authorization_code(asked.validate_callback(back), validate=False)
    assert party.client.userinfo(token)["sub"]


@pytest.mark.parametrize("fault, error", [
    ("access-denied", "access_denied"), ("login-required", "login_required"), ("unmet-requirements", "unmet_authentication_requirements"),
    ("temporarily-unavailable", "temporarily_unavailable"),
])
def test_errors_at_the_redirect_address(simulator, party, fault, error):
    asked, back = arrive(simulator, party, fault)
    with pytest.raises(AuthorizationResponseError) as noticed:
        asked.validate_callback(back)
    assert noticed.value.error == error


@pytest.mark.parametrize("fault, error", [("wrong-state", MismatchingState), ("wrong-issuer", MismatchingIssuer)])
def test_answers_that_are_not_the_providers(simulator, party, fault, error):
    asked, back = arrive(simulator, party, fault)
    with pytest.raises(error):
        asked.validate_callback(back)


@pytest.mark.parametrize("fault, error", [
    ("code-expired", InvalidGrant), ("token-unavailable", (InvalidTokenResponse, requests.HTTPError)), ("wrong-nonce", MismatchingIdTokenNonce),
    ("wrong-audience", MismatchingIdTokenAudience), ("expired-id-token", InvalidIdToken), ("unknown-key", InvalidIdToken), ("bad-signature", InvalidSignature),
])
def test_errors_at_the_token_endpoint(simulator, party, fault, error):
    asked, back = arrive(simulator, party, fault)
    answer = asked.validate_callback(back)
    with pytest.raises(error):
        party.client.authorization_code(answer, validate=True)


def test_a_refresh_token_that_was_revoked(simulator, party):
    asked, back = arrive(simulator, party, "refresh-revoked")
    token = party.client.authorization_code(asked.validate_callback(back), validate=False)
    with pytest.raises(InvalidGrant):
        party.client.refresh_token(token)


@pytest.mark.parametrize("fault, status", [("userinfo-refused", 401), ("userinfo-unavailable", 503)])
def test_errors_at_userinfo(simulator, party, fault, status):
    asked, back = arrive(simulator, party, fault)
    token = party.client.authorization_code(asked.validate_callback(back), validate=False)
    assert requests.get(party.client.userinfo_endpoint, auth=token, timeout=10).status_code == status


def test_a_simulators_database_never_becomes_a_real_one(simulator):
    simulator.environment["ZAMIN_SIMULATOR"] = "false"
    try:
        refused = simulator.run("clients", "add", "nothing.json", check=False)
    finally:
        simulator.environment["ZAMIN_SIMULATOR"] = "true"
    assert refused.returncode != 0 and "was a simulator's" in refused.stdout + refused.stderr


def test_where_people_are_registered_no_simulator_starts(tmp_path):
    town = Town(students=1)
    try:
        town.run("demo")
        # The content knows one persona fewer than are registered.
        del town.environment["ZAMIN_CONTENT"]
        town.environment["ZAMIN_SIMULATOR"] = "true"
        refused = town.run("clients", "add", "nothing.json", check=False)
        assert refused.returncode != 0 and "people other than the demo country's are registered here" in refused.stdout + refused.stderr
    finally:
        town.close()
