"""Who works for whom: an appointment that needs two pairs of eyes, and an identity proved face to face."""

import re

import pytest


@pytest.mark.one_database
def test_two_administrators_appoint_a_third(people):
    for language, phone, newcomer in [("he", True, "pensioner"), ("en", False, "new-immigrant")]:
        first, second, third = people(language, phone), people(language, phone), people(language, phone)
        first.sign_in("administrator")
        first.act_for("office:digital-authority:administrator")
        assert first.path == "/desk/officers"
        first.shot("officers")
        first.click('main a[href$="/desk/officers/add"]')
        first.fill("number", "123")
        first.submit()
        assert first.page.locator("#number-error").count() == 1 and first.page.locator("#role-error").count() == 1
        persona = third.country.personas()[newcomer]
        first.fill("number", persona["nationalNumber"])
        first.mark("#role-identity-officer")
        first.submit()
        assert first.path == "/desk/officers" and first.page.locator(".z-banner-success").count() == 1
        assert first.page.locator('form[action$="/confirm"]').count() == 0, "nobody confirms what he proposed"
        second.sign_in("second-administrator")
        second.act_for("office:digital-authority:administrator")
        second.click('form[action$="/confirm"] button')
        third.sign_in(newcomer)
        third.go("/me/offices")
        third.click('form[action$="/accept"] button')
        third.go("/capacity")
        assert third.page.locator('input[value="office:digital-authority:identity-officer"]').count() == 1
        first.go("/desk/officers")
        row = first.page.locator("main tbody tr", has=first.page.locator(f'input[name=subject] ~ input[value="identity-officer"]'))
        assert row.count() >= 1
        row.first.locator('form[action$="/end"] button').click()
        first.page.wait_for_load_state()
        first.check()
        second.go("/desk/officers")
        second.click('form[action$="/confirm"] button')
        second.go("/desk/officers/history")
        third.go("/capacity")
        assert third.page.locator('input[value="office:digital-authority:identity-officer"]').count() == 0


@pytest.mark.one_database
def test_an_identity_is_proved_face_to_face(people):
    for language, phone, key in [("he", True, "student"), ("en", False, "cafe-owner")]:
        visitor, officer = people(language, phone), people(language, phone)
        visitor.sign_in(key)
        visitor.go("/me/identity")
        visitor.submit()
        code = visitor.page.locator(".z-panel bdi").inner_text()
        assert re.fullmatch(r"[A-Z2-9]{4}-[A-Z2-9]{4}", code)
        officer.sign_in("body-administrator")
        officer.act_for("office:population-authority:identity-officer")
        assert officer.path == "/desk/identities"
        officer.fill("code", "AAAA-AAAA")
        officer.submit()
        assert officer.page.locator("#code-error").count() == 1
        officer.fill("code", code)
        officer.submit()
        assert visitor.country.personas()[key]["nationalNumber"] in officer.main()
        officer.submit()
        assert officer.page.locator("#paper-error").count() == 1
        officer.mark("#paper-identity-card")
        officer.mark("#compared")
        officer.submit()
        assert officer.page.locator(".z-banner-success").count() == 1
        visitor.go("/me/identity")
        assert visitor.page.locator('form[action$="/me/identity/visit"]').count() == 0, "there is no higher level"
        visitor.go("/me/access")
