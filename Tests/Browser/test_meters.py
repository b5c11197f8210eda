"""What asking once saves, for everybody to read."""

import pytest


@pytest.mark.one_database
def test_the_meters_are_open_to_everybody(people):
    for language, phone in [("he", True), ("en", False)]:
        reader = people(language, phone)
        reader.go("/")
        reader.click('footer a[href$="/meters"]')
        assert reader.page.locator("table tbody tr").count() >= 1
        reader.shot("meters")
        data = reader.page.request.get(f"{reader.country.url}/meters/data").json()
        rows = {row["body"]: row for row in data["bodies"]}
        # Both published forms are the municipalities': most of what they need is fetched.
        assert rows["municipalities"]["fetched"] > 0 and rows["municipalities"]["asked"] > 0
        assert sum(data["agreementsByAge"].values()) > 0
        reader.click('main a[href$="/data-transfers"]')
        assert reader.path == "/data-transfers"
