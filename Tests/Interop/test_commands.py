"""The executable as an operator meets it: commands that may be run twice, settings that are refused, instances side by side, one Ctrl-C."""

import os
import signal
import socket
import subprocess
import time

import pytest
from citizen import Student
from country import PORTS, Country
from town import ON, Town, database_url, eventually, status

COMMANDS = ["serve", "worker", "gateway", "registers", "acquirer", "migrate", "demo", "doctor", "clients", "services", "verify-log", "up"]


@pytest.fixture(scope="module", params=ON)
def idle(request):
    """A country that nobody has started; its database is empty."""
    idle = Town(database_url=database_url(request.param))
    yield idle
    idle.close()


def refused(town, *arguments, **settings):
    """What a command says that does not start."""
    done = subprocess.run(
        [town.binary, *arguments], env={**town.environment, **settings}, cwd=town.folder, capture_output=True, text=True, timeout=30)
    assert done.returncode != 0, done.stdout
    assert len(done.stderr.strip().splitlines()) <= 4, "an error is a line, not a page"
    return done.stderr


@pytest.mark.one_database
def test_help_names_every_command(idle):
    text = idle.run("--help").stdout
    assert all(f"  {command} " in text for command in COMMANDS)
    for command in COMMANDS:
        assert f"zamin {command}" in idle.run(command, "--help").stdout
    assert "zamin --help" in refused(idle, "dance")


def test_migrate_twice_changes_nothing(idle):
    assert "the database is behind: run `zamin migrate`" in refused(idle, "serve")
    assert "applied forms/" in idle.run("migrate").stdout
    assert "Nothing to do" in idle.run("migrate").stdout


def test_demo_twice_changes_nothing(idle):
    tables = ["identity_person", "identity_credential", "catalogue_service", "spine_agreement", "spine_agreement_signature", "audit_entry"]

    def counts():
        return {table: idle.number(f"SELECT count(*) FROM {table}") for table in existing(idle, tables)}

    idle.run("demo")
    first = counts()
    assert len(first) >= 5 and all(first.values()), first
    idle.run("demo")
    assert counts() == first


def existing(town, tables):
    catalogue = "information_schema.tables WHERE table_name" if town.database_url else "sqlite_master WHERE name"
    return [table for table in tables if town.number(f"SELECT count(*) FROM {catalogue} = '{table}'")]


def test_the_doctor_finds_what_does_not_run(idle):
    done = idle.run("doctor", check=False)
    assert done.returncode == 1
    assert f"ZAMIN_PORT                     {idle.port}" in done.stdout
    assert "ok    database: reached, up to date" in done.stdout and "FAULT registers: nothing answers" in done.stdout


def test_the_doctor_is_content_with_a_running_country(country):
    done = country.run("doctor")
    assert "FAULT" not in done.stdout
    for check in ["resources", "database", "acquirer", "registers", "gateway", "mail", "python"]:
        assert f"ok    {check}" in done.stdout
    assert "postgres" not in done.stdout, "where the database is may be a secret"


@pytest.mark.one_database
@pytest.mark.parametrize(
    "setting, value, text",
    [
        ("ZAMIN_PORT", "eighty", "ZAMIN_PORT is “eighty”, but must be a whole number"),
        ("ZAMIN_PORT", "99999", "ZAMIN_PORT is “99999”, but must be a number from 1 to"),
        ("ZAMIN_GATEWAY_PORT", "0", "ZAMIN_GATEWAY_PORT is “0”"),
        ("ZAMIN_RATE_LIMITS", "maybe", "ZAMIN_RATE_LIMITS is “maybe”, but must be true or false"),
        ("ZAMIN_LOG_LEVEL", "loud", "ZAMIN_LOG_LEVEL is “loud”, but must be one of trace, debug"),
        ("ZAMIN_SMTP_URL", "http://mail", "ZAMIN_SMTP_URL is “http://mail”, but must be an address such as smtp://"),
        ("ZAMIN_PUBLIC_URL", "zamin.example", "ZAMIN_PUBLIC_URL is “zamin.example”"),
        ("ZAMIN_DATABASE_URL", "mysql://db/zamin", "a database URL is postgres://… or sqlite:path"),
        ("ZAMIN_DATABASE_URL", "postgres://nobody@127.0.0.1:1/zamin", "cannot connect to PostgreSQL"),
        ("ZAMIN_DATA_DIR", "/proc/zamin", "/proc/zamin"),
        ("ZAMIN_ROOT", "/nowhere", "/nowhere/Data"),
        ("ZAMIN_CONFIG", "/nowhere.json", "/nowhere.json"),
        ("ZAMIN_PASSWORD_MEMORY", "0", "ZAMIN_PASSWORD_MEMORY is “0”"),
    ])
def test_a_setting_that_cannot_be_meant_is_refused(idle, setting, value, text):
    assert text in refused(idle, "migrate", **{setting: value})


@pytest.mark.one_database
def test_a_flag_that_is_no_setting_is_refused(idle):
    assert "there is no setting --prot" in refused(idle, "serve", "--prot", "8080")
    assert "ZAMIN_PORT is “eighty”" in refused(idle, "serve", "--port", "eighty")


@pytest.mark.one_database
def test_a_port_that_is_taken_is_told(idle):
    idle.run("demo")
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert "ddress already in use" in refused(idle, "registers", "--registers-port", str(port))


def processes(session):
    """Ids of processes that belong to a session."""
    done = subprocess.run(["ps", "-o", "pid=,stat=", "-s", str(session)], capture_output=True, text=True)
    return [line.split()[0] for line in done.stdout.splitlines() if not line.split()[1].startswith("Z")]


@pytest.mark.one_database
@pytest.mark.parametrize("whole_terminal", [True, False], ids=["ctrl-c", "kill-int"])
def test_one_ctrl_c_stops_everything(country, whole_terminal):
    """Beside a country that runs: nothing they have is shared."""
    other = Country(people=300)
    supervisor = other.start()
    try:
        other.wait()
        assert set(processes(supervisor.pid)) >= {str(supervisor.pid)} and len(processes(supervisor.pid)) == 7
        people = [Student(one.url).sign_in(one, one.personas()["student"]) for one in (country, other)]
        draft = people[1].begin()
        assert [person.get(draft).status_code for person in people] == [404, 303]
        stranger = people[0].twin()
        stranger.url = other.url
        assert "/sign-in" in stranger.get("/me").headers["Location"], "a session of one country is none in another"
        started = time.monotonic()
        if whole_terminal:
            os.killpg(supervisor.pid, signal.SIGINT)
        else:
            os.kill(supervisor.pid, signal.SIGINT)
        assert supervisor.wait(timeout=15) == 0
        eventually(lambda: not processes(supervisor.pid), 15 - (time.monotonic() - started), "a process was left behind")
        for port in range(other.port, other.port + PORTS):
            with socket.socket() as probe:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                probe.bind(("127.0.0.1", port))
        assert status(f"{country.url}/health/ready") == 200, "the other country goes on"
    finally:
        other.close()
