import pytest
from town import ON, Town, database_url

# Fixtures that exist once for every database.
BY_DATABASE = ["country", "town", "idle"]


def pytest_configure(config):
    config.addinivalue_line("markers", "one_database: runs on the embedded database only; what it shows does not depend on the store")


def pytest_collection_modifyitems(config, items):
    left_out = [item for item in items if item.get_closest_marker("one_database") and database_of(item) == "postgres"]
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if item not in left_out]


def database_of(item):
    parameters = item.callspec.params if hasattr(item, "callspec") else {}
    return next((parameters[name] for name in BY_DATABASE if name in parameters), None)


@pytest.fixture(scope="module", params=ON)
def town(request):
    """One town per database for a file of tests; each test leaves all roles running."""
    town = Town(students=10, database_url=database_url(request.param))
    try:
        yield town.start_all()
    finally:
        town.close()
