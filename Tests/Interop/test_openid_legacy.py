"""Older software that others wrote, by the legacy profile: authlib, and mod_auth_openidc under Apache with back-channel logout. And keys by jwks_uri."""

import http.server
import json
import os
import re
import socket
import subprocess
import threading
import time
import urllib.parse

import pytest
import requests
from authlib.integrations.requests_client import OAuth2Session
from citizen import Citizen, words
from relying_party import HAIFA, Party
from town import eventually

MODULES = "/usr/lib/apache2/modules"


def register(town, name, redirect, **more):
    """A client of the legacy profile; its secret, as the operator is told it."""
    metadata = {
        "client_id": name, "client_name": "Old portal", "client_name#he": "פורטל ישן", "zamin_body": HAIFA, "zamin_sector": "haifa",
        "redirect_uris": [redirect], "zamin_profile": "legacy", "zamin_profile_until": time.strftime("%Y-12-31"),
        "zamin_scope_bases": {"profile": {"kind": "consent", "reference": "asked"}}, **more,
    }
    file = town.folder / f"{name}.json"
    file.write_text(json.dumps(metadata, ensure_ascii=False))
    told = town.run("clients", "add", str(file)).stdout
    again = town.run("clients", "add", str(file)).stdout
    assert "secret" not in again, "it is told once"
    return re.search(r"told this once: (\S{43})", told).group(1)


def through_the_pages(town, citizen, address):
    """What a browser does with the address that a client sends it to; where it ends."""
    page = citizen.follow(citizen.request("GET", address.removeprefix(town.url)))
    if page.status_code == 200:
        assert "Old portal" in page.text, words(page)
        uri = page.text.split('name="request_uri" value="', 1)[1].split('"', 1)[0]
        client = page.text.split('name="client_id" value="', 1)[1].split('"', 1)[0]
        agreed = citizen.post("/openid/continue", {"client_id": client, "request_uri": uri, "decision": "agree"})
        page = citizen.request("GET", agreed.headers["Refresh"].removeprefix("0; url="))
    assert page.status_code == 303, words(page)
    return page.headers["Location"]


@pytest.mark.parametrize("method", ["client_secret_basic", "client_secret_post"])
def test_authlib(town, method, monkeypatch):
    monkeypatch.setenv("AUTHLIB_INSECURE_TRANSPORT", "1")
    redirect = "http://127.0.0.1:9/old"
    name = f"authlib-{method[-4:]}"
    secret = register(town, name, redirect, token_endpoint_auth_method=method)
    metadata = requests.get(f"{town.url}/openid/legacy-configuration", timeout=10).json()
    client = OAuth2Session(
        name, secret, scope="openid profile offline_access", redirect_uri=redirect, token_endpoint_auth_method=method, code_challenge_method="S256")
    verifier = "v" * 50
    address, state = client.create_authorization_url(metadata["authorization_endpoint"], code_verifier=verifier, nonce="n", ui_locales="en")
    citizen = Citizen(town.url).sign_in(town, town.students[4 if method.endswith("basic") else 5])
    back = through_the_pages(town, citizen, address)
    assert back.startswith(redirect) and urllib.parse.parse_qs(urllib.parse.urlsplit(back).query)["iss"] == [town.url]
    token = client.fetch_token(metadata["token_endpoint"], authorization_response=back, code_verifier=verifier, state=state)
    assert token["token_type"] == "Bearer" and token["refresh_token"]
    person = client.get(metadata["userinfo_endpoint"], timeout=10).json()
    assert person["family_name"] and person["sub"]
    fresh = client.refresh_token(metadata["token_endpoint"], refresh_token=token["refresh_token"])
    assert fresh["access_token"] != token["access_token"]
    assert client.introspect_token(metadata["introspection_endpoint"], token=fresh["access_token"]).json()["active"]
    assert client.revoke_token(metadata["revocation_endpoint"], token=fresh["refresh_token"]).status_code == 200
    assert client.get(metadata["userinfo_endpoint"], timeout=10).status_code == 401


class Apache:
    """Apache with mod_auth_openidc in a folder of its own: a page that only those may see who signed in at the country."""

    def __init__(self, folder):
        self.folder = folder
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self.redirect = f"{self.url}/protected/callback"
        self.process = None

    def start(self, town, name, secret):
        pages = self.folder / "pages/protected"
        pages.mkdir(parents=True)
        (pages / "index.html").write_text("only for those who signed in")
        modules = ["mpm_event", "authn_core", "authz_core", "authz_user", "auth_openidc", "headers", "dir", "mime", "unixd"]
        lines = [f"LoadModule {module}_module {MODULES}/mod_{module}.so" for module in modules if os.path.exists(f"{MODULES}/mod_{module}.so")]
        lines += [
            f"ServerRoot {self.folder}", f"PidFile {self.folder}/pid", f"ErrorLog {self.folder}/error.log", "ServerName localhost", f"Listen 127.0.0.1:{self.port}",
            f"DefaultRuntimeDir {self.folder}", "TypesConfig /etc/mime.types", f"DocumentRoot {self.folder}/pages", "DirectoryIndex index.html",
            *(["User www-data", "Group www-data"] if os.geteuid() == 0 else []),
            f"OIDCProviderMetadataURL {town.url}/openid/legacy-configuration", f"OIDCClientID {name}", f"OIDCClientSecret {secret}",
            f"OIDCRedirectURI {self.redirect}", "OIDCCryptoPassphrase a-passphrase-of-this-test", "OIDCPKCEMethod S256", 'OIDCScope "openid profile"',
            "OIDCProviderTokenEndpointAuth client_secret_basic", "OIDCRemoteUserClaim sub", "OIDCAuthRequestParams ui_locales=en",
            "<Location /protected>", "AuthType openid-connect", "Require valid-user", "Header always set X-Sub %{OIDC_CLAIM_sub}e",
            "Header always set X-Birthdate %{OIDC_CLAIM_birthdate}e", "</Location>",
        ]
        (self.folder / "httpd.conf").write_text("\n".join(lines) + "\n")
        for path in [self.folder, self.folder / "pages", pages]:
            path.chmod(0o755)
        self.process = subprocess.Popen(["/usr/sbin/apache2", "-f", str(self.folder / "httpd.conf"), "-DFOREGROUND"], stderr=subprocess.STDOUT)
        eventually(self.answers, 30, "Apache does not answer")
        return self

    def answers(self):
        assert self.process.poll() is None, (self.folder / "error.log").read_text()
        try:
            return requests.get(self.url, timeout=2).status_code
        except OSError:
            return False

    def stop(self):
        if self.process:
            self.process.terminate()
            self.process.wait(timeout=20)


@pytest.fixture
def apache(tmp_path_factory):
    server = Apache(tmp_path_factory.mktemp("apache"))
    server.folder.parent.chmod(0o755)
    server.folder.parent.parent.chmod(0o755)
    yield server
    server.stop()


def test_apache_lets_her_in_and_hears_that_she_left(town, apache):
    name = f"apache-{apache.port}"
    secret = register(town, name, apache.redirect, backchannel_logout_uri=f"{apache.redirect}?logout=backchannel")
    apache.start(town, name, secret)
    browser = requests.Session()

    def page():
        return browser.get(f"{apache.url}/protected/", allow_redirects=False, timeout=20)

    away = page()
    assert away.status_code == 302 and away.headers["Location"].startswith(f"{town.url}/openid/authorize"), away.text
    citizen = Citizen(town.url).sign_in(town, town.students[6])
    back = through_the_pages(town, citizen, away.headers["Location"])
    assert back.startswith(apache.redirect)
    landed = browser.get(back, allow_redirects=False, timeout=20)
    assert landed.status_code == 302 and landed.headers["Location"] == f"{apache.url}/protected/", (apache.folder / "error.log").read_text()
    inside = page()
    assert inside.status_code == 200 and "only for those" in inside.text and inside.headers["X-Birthdate"] and len(inside.headers["X-Sub"]) == 43
    assert citizen.post("/sign-out").status_code == 303
    eventually(lambda: page().status_code == 302, 60, "Apache did not hear that she signed out")


def test_a_client_publishes_its_keys(town):
    party = Party(town, "inline-keys")
    served = {"keys": [dict(party.key.public_jwk())]}

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            body = json.dumps(served).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/jwk-set+json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *arguments):
            pass

    server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    metadata = json.loads((town.folder / "inline-keys.json").read_text())
    del metadata["jwks"]
    metadata["jwks_uri"] = f"http://127.0.0.1:{server.server_port}/keys"
    (town.folder / "inline-keys.json").write_text(json.dumps(metadata))
    town.run("clients", "add", str(town.folder / "inline-keys.json"))
    citizen = Citizen(town.url).sign_in(town, town.students[7])
    assert party.tokens(citizen).access_token
    server.shutdown()
    assert party.tokens(citizen).access_token, "the keys that were read stay good while the address does not answer"
