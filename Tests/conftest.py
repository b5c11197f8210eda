import os
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parent))

from country import Country  # noqa: E402


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


def database(server):
    """A fresh database on the test server; the server itself goes away with the run."""
    import subprocess
    import uuid

    name = f"country_{uuid.uuid4().hex[:12]}"
    subprocess.run(["psql", "-q", server, "-c", f"CREATE DATABASE {name}"], check=True, capture_output=True)
    head, _, query = server.partition("?")
    return f"{head.rsplit('/', 1)[0]}/{name}" + (f"?{query}" if query else "")
