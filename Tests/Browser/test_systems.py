"""A body registers a system itself: tried out at once, reviewed by somebody else, used, watched, and ended by a person."""

import json
import uuid

import pytest
from jwskate import Jwk
from playwright.sync_api import Error
from relying_party import Party
from requests_oauth2client import OAuth2Client, PrivateKeyJwt


class Registered(Party):
    """The software of a system whose metadata somebody typed into the form."""

    def __init__(self, country, name, key, redirect):
        self.town, self.name, self.key = country, name, key
        self.client = OAuth2Client.from_discovery_endpoint(
            f"{country.url}/.well-known/openid-configuration", issuer=country.url, auth=PrivateKeyJwt(name, key, aud=country.url),
            redirect_uri=redirect, dpop_bound_access_tokens=True, id_token_signed_response_alg="ES256", testing=True)


def visit(person, party):
    """Through the pages, up to where the browser is sent back; nobody listens there."""
    asked = party.request(ui_locales=person.language, scope="openid profile")
    person.page.goto(str(party.client.pushed_authorization_request(asked).uri))
    person.check()
    return asked


@pytest.mark.one_database
def test_a_system_from_the_form_to_its_end(people):
    for language, phone, citizen in [("he", True, "student"), ("en", False, "new-immigrant")]:
        developer, reviewer, person = people(language, phone), people(language, phone), people(language, phone)
        name, key = f"parking-{uuid.uuid4().hex[:8]}", Jwk.generate(alg="ES256").with_kid_thumbprint()
        back = "http://127.0.0.1:9/callback"
        developer.sign_in("body-administrator")
        developer.act_for("office:municipality-haifa:developer")
        assert developer.path == "/desk/systems"
        developer.go("/desk/systems/add")
        developer.submit()
        assert developer.page.locator(".z-error-summary a").count() >= 4
        developer.fill("id", name)
        developer.fill("name_he", "תו חניה")
        developer.fill("name_en", "Parking permits")
        developer.fill("redirects", back)
        developer.fill("tests", back)
        developer.fill("jwks", json.dumps({"keys": [dict(key.public_jwk())]}))
        developer.mark("#law_profile_chosen")
        developer.fill("title_he_profile", "חוק עזר לחניה, סעיף 3")
        developer.fill("title_en_profile", "Parking by-law, section 3")
        developer.fill("law_profile", "parking-by-law.3")
        developer.submit()
        assert developer.path == "/desk/systems" and developer.page.locator(".z-banner-success").count() == 1
        # For trying out it is there already, and says what it is.
        person.sign_in(citizen)
        visit(person, Registered(person.country, f"{name}-test", key, back))
        assert person.path == "/openid/continue" and person.page.locator(".z-banner-warning").count() == 1
        reviewer.sign_in("second-administrator")
        reviewer.act_for("office:digital-authority:client-reviewer")
        reviewer.click(f'main a[href*="/{name}/review/1"]')
        reviewer.click('form[action$="/refuse"] button')
        assert reviewer.page.locator("#reason-error").count() == 1
        reviewer.click('form[action$="/approve"] button')
        assert reviewer.path == "/desk/systems"
        visit(person, Registered(person.country, name, key, back))
        assert person.page.locator(".z-banner-warning").count() == 0
        try:
            person.page.locator('button[value="agree"]').click()
            person.page.wait_for_url("**/callback**", timeout=10_000)
        except Error:
            pass
        person.page.wait_for_timeout(500)
        person.go("/me/systems")
        assert ("תו חניה" if language == "he" else "Parking permits") in person.main()
        developer.go(f"/desk/systems/{name}")
        assert developer.page.locator("main table").count() == 2, "sign-ins are counted"
        ended = person.page.locator(".z-box", has=person.page.locator(f'input[value="{name}"]'))
        ended.locator("button").click()
        person.page.wait_for_load_state()
        person.check()
        assert person.page.locator(".z-banner-success").count() == 1
        developer.click(f'form[action$="/{name}/retire"] button')
        assert developer.path == "/desk/systems"
        developer.go(f"/desk/systems/{name}")
