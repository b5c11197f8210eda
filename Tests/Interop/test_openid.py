"""The OpenID Provider as clients meet it that others wrote: discovery, pushed requests, private_key_jwt, PKCE, DPoP with nonces, refresh tokens."""

import http.server
import queue
import threading
import urllib.parse

import pytest
import requests
from citizen import Citizen, words
from relying_party import Party
from requests_oauth2client import DPoPToken
from requests_oauth2client.exceptions import InvalidGrant


@pytest.fixture(scope="module")
def citizen(town):
    return Citizen(town.url).sign_in(town, town.students[0])


@pytest.fixture(scope="module")
def party(town):
    return Party(town, "parking")


def test_a_client_of_others_signs_a_person_in(town, party, citizen):
    asked, page = party.sign_in(citizen, ui_locales="en", nonce="a nonce of the client")
    assert page.status_code == 200 and "Parking permits" in page.text and "Parking by-law, section 3" in page.text, words(page)
    agreed = citizen.post("/openid/continue", {
        "client_id": party.name, "request_uri": field(page, "request_uri"), "decision": "agree"})
    assert agreed.status_code == 200 and agreed.headers["Refresh"].startswith("0; url=/en/openid/continue"), words(agreed)
    back = citizen.request("GET", agreed.headers["Refresh"].removeprefix("0; url="))
    answer = asked.validate_callback(back.headers["Location"])
    assert answer.kwargs["iss"] == town.url

    token = party.client.authorization_code(answer, validate=False)
    assert isinstance(token, DPoPToken) and token.expires_in <= 600 and token.refresh_token
    claims = party.claims(str(token.id_token)).claims
    assert claims["iss"] == town.url and claims["aud"] == party.name and claims["nonce"] == "a nonce of the client"
    assert claims["acr"] == "urn:zamin:acr:C2.P2"

    person = party.client.userinfo(token)
    assert person["sub"] == claims["sub"] and person["family_name"] and "email" not in person

    # The next time nobody asks her; and what she agreed to is in her log.
    _, silent = party.sign_in(citizen, prompt="none")
    assert silent.status_code == 303 and "code=" in silent.headers["Location"], words(silent)
    log = citizen.get("/me/access")
    assert "Details were passed on at a sign-in" in log.text and "Signing in at another system" in log.text

    fresh = party.client.refresh_token(token)
    assert fresh.refresh_token != token.refresh_token
    assert party.client.introspect_token(fresh)["active"]
    assert party.client.revoke_access_token(fresh) is True
    assert not party.client.introspect_token(fresh)["active"]
    with pytest.raises(InvalidGrant):
        party.client.refresh_token(fresh)


def field(page, name):
    return page.text.split(f'name="{name}" value="', 1)[1].split('"', 1)[0]


def test_whoever_is_not_signed_in_comes_back_to_the_client(town, party):
    """As by a browser: sign in on the way, and go on from there."""
    citizen = Citizen(town.url)
    persona = town.students[1]
    _, away = party.sign_in(citizen, ui_locales="en")
    assert away.status_code == 303 and away.headers["Location"].startswith("/en/sign-in?next="), words(away)
    page = citizen.request("GET", away.headers["Location"])
    before = town.mail_count(persona["email"])
    page = citizen.follow(citizen.post("/sign-in", {
        "number": persona["nationalNumber"], "password": "zamin demo country", "next": field(page, "next").replace("&amp;", "&")}))
    answer = citizen.post("/sign-in/code", {"code": town.code(persona["email"], after=before)})
    assert answer.status_code == 200 and answer.headers["Refresh"].startswith("0; url=/en/openid/continue"), words(answer)
    page = citizen.request("GET", answer.headers["Refresh"].removeprefix("0; url="))
    assert page.status_code == 200 and "Parking permits" in page.text, words(page)
    # Nobody else's request, and none that is made up.
    for query in ["", "?client_id=parking&request_uri=urn:ietf:params:oauth:request_uri:none", "?client_id=x&request_uri=https://evil.test"]:
        assert citizen.get(f"/openid/continue{query}").status_code == 400


class Listener:
    """Where a client hears that a session has ended. The first call is answered with an error, so that it must be told again."""

    def __init__(self):
        self.heard = queue.Queue()
        calls = []

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                calls.append(self.rfile.read(int(self.headers["Content-Length"])).decode())
                if len(calls) > 1:
                    listener.heard.put((self.headers["Content-Type"], urllib.parse.parse_qs(calls[-1])))
                self.send_response(200 if len(calls) > 1 else 503)
                self.end_headers()

            def log_message(self, *arguments):
                pass

        listener = self
        self.server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/logout"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


def test_a_client_hears_that_she_signed_out(town):
    listener = Listener()
    party = Party(town, "listening", backchannel_logout_uri=listener.url)
    citizen = Citizen(town.url).sign_in(town, town.students[2])
    token = party.tokens(citizen, scope="openid profile")
    signed_in = party.claims(str(token.id_token)).claims
    assert party.client.userinfo(token)["sub"] == signed_in["sub"]
    assert citizen.post("/sign-out").status_code == 303
    kind, form = listener.heard.get(timeout=60)
    assert kind == "application/x-www-form-urlencoded" and list(form) == ["logout_token"]
    logout = party.claims(form["logout_token"][0])
    assert logout.header["typ"] == "logout+jwt" and logout.claims["aud"] == party.name and "nonce" not in logout.claims
    assert logout.claims["sid"] == signed_in["sid"] and logout.claims["sub"] == signed_in["sub"]
    assert logout.claims["events"] == {"http://schemas.openid.net/event/backchannel-logout": {}}
    # Her tokens went with the session.
    assert requests.get(party.client.userinfo_endpoint, auth=token, timeout=10).status_code == 401


def test_a_client_sends_her_to_sign_out(town):
    party = Party(town, "leaving", post_logout_redirect_uris=["http://127.0.0.1:9/bye"])
    citizen = Citizen(town.url).sign_in(town, town.students[3])
    token = party.tokens(citizen)
    query = {"id_token_hint": str(token.id_token), "post_logout_redirect_uri": "http://127.0.0.1:9/bye", "state": "x y", "ui_locales": "en"}
    page = citizen.follow(citizen.request("GET", f"/openid/end-session?{urllib.parse.urlencode(query)}"))
    assert page.status_code == 200 and "Parking permits" in page.text, words(page)
    answer = citizen.post("/openid/end-session", {**query, "decision": "leave"})
    assert answer.status_code == 200 and answer.headers["Refresh"] == "0; url=http://127.0.0.1:9/bye?state=x%20y", words(answer)
    assert citizen.get("/me").headers["Location"].startswith("/en/sign-in")


def test_metadata_says_what_is_so(town):
    found = requests.get(f"{town.url}/.well-known/openid-configuration", timeout=10).json()
    assert found == requests.get(f"{town.url}/.well-known/oauth-authorization-server", timeout=10).json()
    assert found["issuer"] == town.url and found["require_pushed_authorization_requests"] is True
    for name, value in found.items():
        if name.endswith("_endpoint") or name == "jwks_uri":
            assert value.startswith(town.url) and requests.get(value, timeout=10).status_code < 500, name
    refused = town.folder / "wrong.json"
    refused.write_text("{}")
    with pytest.raises(Exception):
        town.run("clients", "add", str(refused))
