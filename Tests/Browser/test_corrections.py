"""Somebody says that a register is wrong; its owner answers; who had the value is told."""

import pytest


@pytest.mark.one_database
def test_a_wrong_value_is_corrected_and_its_receivers_are_told(people):
    for language, phone in [("he", True), ("en", False)]:
        student = people(language, phone)
        student.sign_in("student")
        student.go("/me/access")
        student.click('main a[href$="/me/corrections/new"]')
        student.click('main a[href*="operation=population.person"]')
        student.submit()
        assert student.page.locator("#statement-error").count() == 1
        student.fill("statement", "הרחוב כתוב לא נכון" if language == "he" else "The street is misspelt")
        student.shot("correction-new")
        student.submit()
        assert student.page.locator(".z-banner-success").count() == 1
        claim = student.path
        student.shot("correction")
        student.go("/me")
        assert student.page.locator('main a[href*="/me/corrections"]').count() >= 1
        student.go("/me/corrections")
        assert student.page.locator(f'main a[href$="{claim}"]').count() == 1
        officer = people(language, phone)
        officer.sign_in("municipal-officer")
        officer.act_for("office:municipality-haifa")
        officer.go("/desk")
        officer.click('main a[href$="/desk/corrections"]')
        officer.shot("corrections-desk")
        # Haifa does not keep the population register: it is not Haifa's to answer.
        officer.go(claim.replace("/me/", "/desk/"), status=404)
        # The population authority does: it answers, and Haifa, which had the address, is told.
        owner = people(language, phone)
        owner.sign_in("body-administrator")
        owner.act_for("office:population-authority:case-officer")
        owner.go("/desk/corrections")
        owner.click(f'main a[href$="{claim.replace("/me/", "/desk/")}"]')
        owner.submit()
        assert owner.page.locator("#answer-error").count() == 1
        owner.fill("answer", "תוקן במרשם" if language == "he" else "Corrected in the register")
        owner.shot("correction-answer")
        owner.click('button[name="verdict"][value="accept"]')
        assert owner.page.locator(".z-banner-success").count() == 1
        student.go(claim)
        assert student.page.locator('form[action$="/withdraw"]').count() == 0
        assert ("תוקן במרשם" if language == "he" else "Corrected in the register") in student.main()
