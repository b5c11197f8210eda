"""Somebody acts for somebody else: a mandate is offered, accepted, used, limited and ended; a parent acts for a child."""

import pytest


@pytest.mark.one_database
def test_a_pensioner_lets_a_student_act_for_her(people):
    for language, phone in [("he", True), ("en", False)]:
        giver, holder = people(language, phone), people(language, phone)
        personas = giver.country.personas()
        giver.sign_in("pensioner")
        giver.go("/me/mandates")
        giver.click('main a[href$="/me/mandates/new"]')
        giver.submit()
        assert all(giver.page.locator(f"#{field}-error").count() == 1 for field in ["number", "power", "scope", "duration"])
        giver.fill("number", personas["student"]["nationalNumber"])
        giver.mark("#power-act")
        giver.mark("#scope-some")
        giver.mark("#service-arnona-discount-student")
        giver.mark("#duration-year")
        giver.shot("mandate-offer")
        giver.submit()
        assert giver.path == "/me/mandates" and giver.page.locator(".z-banner-success").count() == 1
        assert personas["student"]["familyName"] not in giver.page.locator(".z-box").first.inner_text(), "nobody learns whose number it is"
        holder.sign_in("student")
        holder.go("/me/mandates")
        assert personas["pensioner"]["familyName"] in holder.main()
        holder.click('form[action$="/accept"] button')
        holder.shot("mandates")
        giver.go("/me/mandates")
        assert personas["student"]["familyName"] in giver.main()
        # She acts by it: the name stands on every page, and only what it covers is open.
        holder.go("/capacity")
        choice = holder.page.locator('input[value^="mandate:"]')
        holder.act_for(choice.get_attribute("value"))
        assert holder.path == "/me" and personas["pensioner"]["familyName"] in holder.text()
        assert holder.page.locator('main a[href$="/me/messages"]').count() == 0
        holder.go("/me/messages", status=403)
        holder.go("/me/access", status=403)
        holder.go("/forms/municipal-tax-discount-student")
        holder.submit()
        assert holder.path.startswith("/drafts/")
        draft = holder.path
        holder.go("/forms/business-licence")
        assert holder.page.locator('main form button[type="submit"]').count() == 0
        giver.go("/me/access")
        assert personas["student"]["familyName"] in giver.main()
        giver.go("/me/mandates")
        giver.click('form[action$="/end"] button')
        # With the next request it is over; the draft is not hers.
        holder.go("/me")
        assert personas["pensioner"]["familyName"] not in holder.page.locator("header").inner_text()
        holder.go(draft, status=404)


@pytest.mark.one_database
def test_a_parent_acts_for_a_child(people):
    for language, phone in [("he", True), ("en", False)]:
        parent = people(language, phone)
        parent.sign_in("cafe-owner-spouse" if "email" in parent.country.personas()["cafe-owner-spouse"] else "cafe-owner")
        parent.go("/me/mandates")
        parent.click('form[action$="/children"] button')
        assert "איתי" in parent.main() and parent.page.locator(".z-banner-success").count() == 1
        parent.go("/capacity")
        label = parent.page.locator("label", has_text="איתי")
        parent.act_for(parent.page.locator(f"#{label.get_attribute('for')}").get_attribute("value"))
        assert "איתי" in parent.text()
        parent.go("/forms/municipal-tax-discount-student")
        parent.submit()
        assert parent.path.startswith("/drafts/")
