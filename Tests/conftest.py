import os
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parent))

from country import Country, database  # noqa: E402


@pytest.fixture(scope="session", params=["sqlite", "postgres"] if os.environ.get("ZAMIN_TEST_POSTGRES") else ["sqlite"])
def country(request):
    """One running country per database for all tests that do not break it."""
    url = None
    if request.param == "postgres":
        url = database(os.environ["ZAMIN_TEST_POSTGRES"])
    country = Country(database_url=url)
    country.start()
    try:
        yield country.wait()
    finally:
        country.close()
