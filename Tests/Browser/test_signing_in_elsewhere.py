"""Signing in at a system of a ministry, and out again, as a person sees it."""

import http.server
import threading
import uuid
from urllib.parse import urlencode

import pytest
from person import PASSWORD
from relying_party import Party


class System:
    """The pages of another system: whatever is asked, a word of welcome."""

    def __init__(self):
        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                body = b"<!doctype html><title>Parking permits</title><p>Welcome at the parking permits</p>"
                self.send_response(200)
                self.send_header("Content-Type", "text/html")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *arguments):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


@pytest.mark.one_database
def test_a_person_signs_in_at_another_system_and_out_again(person, country):
    system = System()
    party = Party(
        country, f"parking-{uuid.uuid4().hex[:8]}", redirect=f"{system.url}/callback", post_logout_redirect_uris=[f"{system.url}/bye"])
    asked = party.request(ui_locales=person.language)
    person.page.goto(str(party.client.pushed_authorization_request(asked).uri))
    person.check()
    assert person.path == "/sign-in"
    persona = country.personas()["new-immigrant"]
    before = country.mail_count(persona["email"])
    person.fill("number", persona["nationalNumber"])
    person.fill("password", PASSWORD)
    person.submit()
    person.fill("code", country.code(persona["email"], after=before))
    # The page in between leads on by itself, so nothing can be looked at on it.
    person.page.locator("main form button[type=submit]").first.click()
    person.page.wait_for_url("**/openid/continue**")
    person.check()
    name = {"he": "תו חניה", "en": "Parking permits"}[person.language]
    law = {"he": "חוק עזר לחניה, סעיף 3", "en": "Parking by-law, section 3"}[person.language]
    assert name in person.main() and law in person.main()
    person.shot("sign-in-elsewhere")

    person.page.locator('button[value="agree"]').click()
    person.page.wait_for_url(f"{system.url}/callback**")
    token = party.client.authorization_code(asked.validate_callback(person.page.url), validate=False)
    assert party.client.userinfo(token)["name"]

    leave = urlencode({"id_token_hint": str(token.id_token), "post_logout_redirect_uri": f"{system.url}/bye", "ui_locales": person.language})
    person.page.goto(f"{country.url}/openid/end-session?{leave}")
    person.check()
    assert name in person.main()
    person.page.locator('button[value="leave"]').click()
    person.page.wait_for_url(f"{system.url}/bye")
    person.go("/me")
    assert person.path == "/sign-in"
