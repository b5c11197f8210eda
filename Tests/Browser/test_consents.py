"""A body asks a person to agree, she does, the register is asked by it, and she takes it back."""

import json

import pytest
from joserfc import jws
from joserfc.jwk import KeySet


@pytest.mark.one_database
def test_a_student_agrees_and_takes_it_back(people):
    for language, phone in [("he", True), ("en", False)]:
        officer, student = people(language, phone), people(language, phone)
        personas = officer.country.personas()
        student.sign_in("student")
        student.go("/me/consents")
        assert student.page.locator(".z-inset").count() == 1 or student.page.locator(".z-list").count() >= 1
        officer.sign_in("municipal-officer")
        officer.act_for("office:municipality-haifa")
        officer.go("/desk")
        officer.click('main a[href$="/desk/consents"]')
        officer.click('main a[href$="/desk/consents/new"]')
        officer.submit()
        assert all(officer.page.locator(f"#{field}-error").count() == 1 for field in ["offer", "number", "reason", "day"])
        officer.mark('input[name="offer"]')
        officer.fill("number", personas["student"]["nationalNumber"])
        officer.fill("reason", "כדי להחליט על המלגה שביקשת" if language == "he" else "To decide on the grant you asked for")
        officer.mark("#day-30")
        officer.shot("consent-ask")
        officer.submit()
        assert officer.page.locator(".z-banner-success").count() == 1
        asked = officer.path
        student.go("/me")
        student.click('main a[href*="/me/consents/requests/"]')
        student.shot("consent-request")
        student.click('form[action$="/give"] button')
        assert student.page.locator(".z-banner-success").count() == 1
        consent = student.path
        student.shot("consent-receipt")
        # Somebody else's library finds the receipt's signature right, by the key that is open to everybody.
        link = student.page.locator('main a[href$="/receipt"]').get_attribute("href")
        receipt = student.page.request.get(f"{student.country.url}{link}").json()
        keys = student.page.request.get(f"{student.country.url}/consents/keys").json()
        read = jws.deserialize_compact(receipt["receipt"], KeySet.import_key_set(keys), algorithms=["EdDSA", "Ed25519", "ES256"])
        assert json.loads(read.payload)["record_id"] == consent.rsplit("/", 1)[1]
        officer.go(asked)
        officer.click('form[action$="/look"] button')
        assert officer.page.locator(".z-summary-row").count() > 4
        officer.shot("consent-look")
        student.go("/me/access")
        assert personas["municipal-officer"]["familyName"] in student.main()
        student.go(consent)
        student.click('form[action$="/revoke"] button')
        assert student.page.locator(".z-banner-success").count() == 1
        # With the next message it is over: the page that was open lets nothing through.
        officer.click('form[action$="/look"] button')
        assert officer.page.locator(".z-banner-warning").count() == 1
        assert officer.page.locator('form[action$="/look"]').count() == 0
