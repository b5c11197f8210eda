import pytest
from town import ON, Town, database_url


@pytest.fixture(scope="module", params=ON)
def town(request):
    """One town per database for a file of tests; each test leaves all roles running."""
    town = Town(students=10, database_url=database_url(request.param))
    try:
        yield town.start_all()
    finally:
        town.close()
