"""What people sign in with: passkeys by Chromium's own authenticator, codes by an app that others wrote, and the way back when a password is lost."""

import re
import sqlite3
import time
from contextlib import closing

import pyotp
from person import PASSWORD
from test_registration import date

AUTHENTICATOR = {
    "protocol": "ctap2", "ctap2Version": "ctap2_1", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True, "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


class Device:
    """The authenticator of a telephone, held by the browser."""

    def __init__(self, person, **options):
        self.tools = person.context.new_cdp_session(person.page)
        self.tools.send("WebAuthn.enable")
        self.id = self.tools.send("WebAuthn.addVirtualAuthenticator", {"options": AUTHENTICATOR | options})["authenticatorId"]

    def keys(self):
        return self.tools.send("WebAuthn.getCredentials", {"authenticatorId": self.id})["credentials"]

    def refuse(self):
        """The person does not prove that it is she."""
        self.tools.send("WebAuthn.setUserVerified", {"authenticatorId": self.id, "isUserVerified": False})

    def accept(self):
        self.tools.send("WebAuthn.setUserVerified", {"authenticatorId": self.id, "isUserVerified": True})


def remove_all(person):
    while person.page.locator('form[action$="/remove"]').count():
        person.click('form[action$="/remove"] button')


def test_a_passkey_replaces_number_password_and_code(person):
    device = Device(person)
    persona = person.sign_in("student")
    before = person.country.mail_count(persona["email"])
    person.go("/me/authenticators")
    person.shot("authenticators")
    person.click('main a[href$="/me/authenticators/passkey"]')
    assert person.page.locator('input[name="name"]').input_value(), "the device has a name to begin with"
    person.fill("name", "")
    with person.page.expect_navigation():
        person.page.locator("#add-passkey button").click()
    person.check()
    assert person.page.locator("#name-error").count() == 1
    person.fill("name", "הטלפון שלי")
    with person.page.expect_navigation():
        person.page.locator("#add-passkey button").click()
    person.check()
    # The refused answer left a key on the device; the list knows the one that was taken.
    assert person.path == "/me/authenticators" and "הטלפון שלי" in person.main() and len(device.keys()) >= 1
    person.country.mail(persona["email"], "הטלפון שלי")
    person.click(".z-acting form[action$='/sign-out'] button")
    person.go("/sign-in?next=/me/sessions")
    device.refuse()
    person.page.locator("#passkey-form button").click()
    person.page.locator("#passkey-form [data-passkey-failed]").wait_for(state="visible")
    device.accept()
    sent = person.country.mail_count(persona["email"])
    signed_in = False
    for _ in range(2):
        with person.page.expect_navigation():
            person.page.locator("#passkey-form button").click()
        person.check()
        if person.path == "/me/sessions":
            signed_in = True
            break
        # The browser chose the key that the site never took.
        assert person.page.locator("#passkey-form .z-error").count() >= 1
        device.tools.send("WebAuthn.removeCredential", {"authenticatorId": device.id, "credentialId": device.keys()[0]["credentialId"]})
    assert signed_in and person.country.mail_count(persona["email"]) == sent >= before, "no code was sent"
    person.go("/me/access")
    person.go("/me/authenticators")
    remove_all(person)
    assert person.page.locator("main table").count() == 0


def test_an_app_shows_the_codes(person):
    persona = person.sign_in("cafe-owner")
    person.go("/me/authenticators/app")
    secret = person.page.locator("main code").inner_text().replace(" ", "")
    app = pyotp.TOTP(secret)
    person.fill("code", "000000")
    person.submit()
    assert person.page.locator("#code-error").count() == 1
    person.fill("code", app.now())
    person.submit()
    assert person.path == "/me/authenticators"
    sent = person.country.mail_count(persona["email"])
    person.click(".z-acting form[action$='/sign-out'] button")
    person.go("/sign-in")
    person.fill("number", persona["nationalNumber"])
    person.fill("password", PASSWORD)
    person.submit()
    assert person.path == "/sign-in/code"
    # The code that was shown when the app was added is used up; the one of the next half minute is new.
    person.fill("code", app.at(time.time(), 1))
    person.submit()
    assert person.path in ("/me", "/capacity")
    person.go("/me/authenticators")
    remove_all(person)
    assert person.country.mail_count(persona["email"]) >= sent


def test_a_lost_password_is_chosen_anew_and_can_be_stopped(person):
    country = person.country
    persona = country.personas()["pensioner"]
    card = card_of(country, persona["nationalNumber"])
    before = country.mail_count(persona["email"])
    person.go("/sign-in")
    person.click('main a[href$="/recover"]')
    person.submit()
    person.fill("number", persona["nationalNumber"])
    person.submit()
    date(person, card["birth"])
    date(person, card["issued"])
    person.fill("locality", card[person.language])
    person.submit()
    assert person.path == "/register/contact" and person.page.locator('input[name="phone"]').count() == 0
    person.fill("email", persona["email"])
    person.submit()
    person.fill("password", "saffron bridge 41 whistle")
    person.submit()
    person.fill("code", country.code(persona["email"], after=before))
    person.submit()
    assert person.page.locator('main a[href$="/sign-in"]').count() == 1
    letter = country.mail(persona["email"], "/recover/stop/", after=before)
    link = re.search(r"/recover/stop/[A-Za-z0-9_-]{43}", str(letter)).group(0)
    person.go(link)
    person.submit()
    person.go(link)
    assert person.page.locator("main form").count() == 0, "it is over"
    # All is as it was.
    person.sign_in("pensioner")


def card_of(country, number):
    """What stands on somebody's card, by the registers."""
    with closing(sqlite3.connect(f"file:{country.folder}/registers.sqlite?mode=ro", uri=True)) as registers:
        row = registers.execute(
            """
            SELECT p.birth_date, p.card_issue_date, l.name, l.name_latin FROM registers_insured i
            JOIN registers_person p ON p.national_number = i.national_number JOIN registers_locality l ON l.code = i.locality_code
            WHERE p.national_number = ?
            """, (number,)).fetchone()
    return dict(zip(("birth", "issued", "he", "en"), row))
