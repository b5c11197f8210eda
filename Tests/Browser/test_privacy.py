"""An officer looks at her own data in office; the body's privacy officer asks why, and the person reads the answer."""

import pytest


@pytest.mark.one_database
def test_a_look_at_oneself_is_judged(people):
    for language, phone in [("he", True), ("en", False)]:
        curious, privacy = people(language, phone), people(language, phone)
        personas = curious.country.personas()
        curious.sign_in("body-administrator")
        curious.act_for("office:municipality-haifa:case-officer")
        curious.go("/desk/consents/new")
        curious.mark('input[name="offer"]')
        curious.fill("number", personas["body-administrator"]["nationalNumber"])
        curious.fill("reason", "לבדוק את הנתונים שלי" if language == "he" else "To look at my own data")
        curious.mark("#day-30")
        curious.submit()
        assert curious.page.locator(".z-banner-success").count() == 1
        privacy.sign_in("municipal-officer")
        privacy.act_for("office:municipality-haifa:privacy-officer")
        privacy.go("/desk/transfers")
        privacy.click('main a[href$="/desk/privacy"]')
        waiting = privacy.page.locator('main ul.z-list a[href*="/desk/privacy/"]:not([href$="/desk/privacy"])')
        # The clock that reads the log runs every few seconds.
        privacy.until(lambda: waiting.count() >= 1 and personas["body-administrator"]["familyName"] in privacy.main(), "the alarm", 90)
        privacy.check()
        privacy.shot("privacy")
        privacy.click('main ul.z-list a[href*="/desk/privacy/"]')
        privacy.submit()
        assert privacy.page.locator("#verdict-error").count() == 1 and privacy.page.locator("#reason-error").count() == 1
        privacy.mark("#verdict-unjustified")
        privacy.fill("reason", "לא היה תיק פתוח" if language == "he" else "There was no open case")
        privacy.shot("privacy-alarm")
        privacy.submit()
        assert privacy.page.locator(".z-banner-success").count() == 1
        curious.act_for("own")
        curious.go("/me/access")
        assert curious.page.locator("main li strong").count() >= 1
        curious.shot("access-verdict")
