"""A request for data of another body, from the draft to the agreement in force, and the first question that passes under it."""

import json
import re
import urllib.error
import urllib.request

import pytest

HAIFA, REGISTRY = "municipality-haifa", "population-authority"


def outgoing(country, purpose, fields):
    """Asks the gateway of those who ask, as a program of the municipality; the status and the answer."""
    secret = (country.folder / "keys/gateway.secret").read_text().strip()
    number = country.personas()["student"]["nationalNumber"]
    question = {
        "consumer": HAIFA, "parameters": {"nationalNumber": number}, "purpose": purpose, "basis": {"kind": "request", "reference": "test"},
        "actor": {"kind": "system", "id": "system:test", "name": "test", "credential": 0, "proof": 0},
    }
    request = urllib.request.Request(
        f"http://127.0.0.1:{country.port + 3}/outgoing/population.person", data=json.dumps(question).encode(), method="POST",
        headers={"Content-Type": "application/json", "Authorization": f"Bearer {secret}"},
    )
    try:
        with urllib.request.urlopen(request, timeout=20) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as error:
        return error.code, {}


def officer(people, key, body, role, language, phone):
    person = people(language, phone)
    person.sign_in(key)
    person.act_for(f"office:{body}:{role}")
    assert person.path == "/desk/transfers"
    return person


@pytest.mark.one_database
def test_from_the_draft_to_the_first_question(people):
    for language, phone in [("he", True), ("en", False)]:
        purpose = f"letters-{language}"
        requester = officer(people, "body-administrator", HAIFA, "data-requester", language, phone)
        country = requester.country
        requester.click('main a[href$="/desk/transfers/new"]')
        requester.submit()
        assert requester.page.locator("#title-error").count() == 1
        requester.fill("title", f"Names for letters {language}")
        requester.submit()
        assert re.search(r"/desk/transfers/[^/]+/edit$", requester.path)
        requester.mark('[id="operation-population.person"]')
        requester.page.locator("#reason").fill("To address letters to residents by their right name")
        requester.fill("purpose", purpose)
        requester.page.locator("#law").select_option("population-registry-law-1965")
        requester.fill("population", "Residents of the town")
        requester.mark("#basis-request")
        requester.mark("#actor-system")
        requester.shot("transfer-edit")
        requester.submit()
        assert requester.path.endswith("/fields")
        field = requester.page.locator("fieldset", has=requester.page.locator("legend", has_text=re.compile(r"^/givenName$")))
        requester.mark("#" + field.locator("input[type=checkbox]").get_attribute("id"))
        field.locator("input[type=text]").fill("To write the name on the letter")
        requester.submit()
        request = requester.path
        requester.click('form[action$="/hand-in"] button')
        assert requester.page.locator(".z-banner-success").count() == 1
        requester.shot("transfer-request")
        assert outgoing(country, purpose, [])[0] == 403, "nothing passes before it is signed"
        for key, body, role in [
            ("municipal-officer", HAIFA, "privacy-officer"), ("regulator-officer", HAIFA, "legal-adviser"),
            ("administrator", REGISTRY, "transfer-committee"), ("second-administrator", REGISTRY, "security-officer"),
        ]:
            judge = officer(people, key, body, role, language, phone)
            judge.go(request)
            judge.submit()
            assert judge.page.locator("#note-error").count() == 1
            judge.mark("#verdict-approve")
            judge.click('form[action$="/opinion"] button[type=submit]')
            assert judge.page.locator(".z-banner-success").count() == 1
            judge.close()
        for key, body in [("administrator", HAIFA), ("second-administrator", REGISTRY)]:
            signatory = officer(people, key, body, "signatory", language, phone)
            signatory.go(request)
            signatory.click('form[action$="/sign"] button')
            assert signatory.page.locator(".z-banner-success").count() == 1
            signatory.close()
        requester.until(lambda: outgoing(country, purpose, [])[0] == 200, "the agreement is in force at the gateways")
        _, answer = outgoing(country, purpose, [])
        assert answer["value"] == {"givenName": country.personas()["student"]["givenName"]}, "the one field that was asked for, and no more"
        requester.go(request)
        requester.click('main a[href*="/data-transfers/"]')
        assert "/givenName" in requester.main()
        visitor = people(language, phone)
        visitor.go("/data-transfers")
        assert purpose in visitor.main()
        visitor.shot("data-transfers")
