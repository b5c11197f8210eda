"""The processes around the server, made to fail for a while."""

import json
import urllib.request
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def misbehaving(country, mode):
    """The registers, with a fault for as long as the block lasts: `down`, `slow`, `wrong-signature`."""

    def say(mode):
        request = urllib.request.Request(
            f"http://127.0.0.1:{country.port + 2}/faults", json.dumps({"mode": mode}).encode(), {"Content-Type": "application/json"}
        )
        assert urllib.request.urlopen(request, timeout=10).status == 204

    say(mode)
    try:
        yield
    finally:
        say("none")


def mail_catcher(country):
    """The number of the process that takes the country's mail."""
    wanted = ["--smtp-port", str(country.port + 5)]
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            words = (entry / "cmdline").read_text().split("\0")
        except OSError:
            continue
        if any(words[index : index + 2] == wanted for index in range(len(words))):
            return int(entry.name)
    raise AssertionError("nothing takes mail")
