"""A system of a ministry that lets people sign in here: software that others wrote, with the country as its provider."""

import json

import requests
from joserfc import jwt
from joserfc.jwk import KeySet
from jwskate import Jwk
from requests_oauth2client import OAuth2Client, PrivateKeyJwt

REDIRECT = "http://127.0.0.1:9/callback"
HAIFA = "municipality-haifa"


class Party:
    """A registered system, with a library for clients behind it."""

    def __init__(self, town, name, redirect=REDIRECT, **more):
        self.town, self.name = town, name
        self.key = Jwk.generate(alg="ES256").with_kid_thumbprint()
        metadata = {
            "client_id": name, "client_name": "Parking permits", "client_name#he": "תו חניה", "zamin_body": HAIFA, "zamin_sector": "haifa",
            "redirect_uris": [redirect], "jwks": {"keys": [dict(self.key.public_jwk())]},
            "zamin_scope_bases": {"profile": {
                "kind": "law", "reference": "parking-by-law.3", "title": "Parking by-law, section 3", "title#he": "חוק עזר לחניה, סעיף 3"}}, **more,
        }
        file = town.folder / f"{name}.json"
        file.write_text(json.dumps(metadata, ensure_ascii=False))
        assert name in town.run("clients", "add", str(file)).stdout
        self.client = OAuth2Client.from_discovery_endpoint(
            f"{town.url}/.well-known/openid-configuration", issuer=town.url,
            auth=PrivateKeyJwt(name, self.key, aud=town.url), redirect_uri=redirect, dpop_bound_access_tokens=True,
            id_token_signed_response_alg="ES256", testing=True)

    def request(self, **more):
        return self.client.authorization_request(
            scope=more.pop("scope", "openid profile offline_access"), dpop=True,
            authorization_response_iss_parameter_supported=True, **more)

    def tokens(self, citizen, **more):
        """The whole way to the tokens; the person agrees if she is asked."""
        asked, page = self.sign_in(citizen, **more)
        if page.status_code == 200:
            uri = page.text.split('name="request_uri" value="', 1)[1].split('"', 1)[0]
            agreed = citizen.post("/openid/continue", {"client_id": self.name, "request_uri": uri, "decision": "agree"})
            page = citizen.request("GET", agreed.headers["Refresh"].removeprefix("0; url="))
        return self.client.authorization_code(asked.validate_callback(page.headers["Location"]), validate=False)

    def claims(self, token):
        keys = KeySet.import_key_set(requests.get(f"{self.town.url}/openid/jwks", timeout=10).json())
        return jwt.decode(token, keys, algorithms=["ES256"])

    def sign_in(self, citizen, **more):
        """The whole way through the pages; the request and the address the person comes back to."""
        asked = self.request(**more)
        pushed = self.client.pushed_authorization_request(asked)
        page = citizen.request("GET", str(pushed.uri).removeprefix(self.town.url))
        assert page.status_code == 303, page.text
        return asked, citizen.request("GET", page.headers["Location"])
