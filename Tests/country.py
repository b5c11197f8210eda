"""A demo country of its own for tests: every role, on free ports, with its own data folder."""

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
import uuid
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PORTS = 8


def free_base_port():
    """A port with the next seven free as well."""
    for _ in range(50):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            base = probe.getsockname()[1]
        if base + PORTS > 65535:
            continue
        taken = False
        for port in range(base, base + PORTS):
            with socket.socket() as probe:
                try:
                    probe.bind(("127.0.0.1", port))
                except OSError:
                    taken = True
        if not taken:
            return base
    raise RuntimeError("no eight free ports in a row")


def database(server):
    """A fresh database on the test server; the server itself goes away with the run."""
    name = f"country_{uuid.uuid4().hex[:12]}"
    subprocess.run(["psql", "-q", server, "-c", f"CREATE DATABASE {name}"], check=True, capture_output=True)
    head, _, query = server.partition("?")
    return f"{head.rsplit('/', 1)[0]}/{name}" + (f"?{query}" if query else "")


class Country:
    """`zamin up`, or some of its roles, in a folder that goes away."""

    def __init__(self, database_url=None, people=2_000, **extra):
        self.port = free_base_port()
        self.folder = Path(tempfile.mkdtemp(prefix="zamin-country-"))
        self.url = f"http://localhost:{self.port}"
        self.mail_url = f"http://127.0.0.1:{self.port + 6}"
        self.binary = os.environ.get("ZAMIN_BINARY", str(ROOT / ".build/debug/zamin"))
        self.environment = {
            **os.environ,
            "ZAMIN_PORT": str(self.port),
            "ZAMIN_DATA_DIR": str(self.folder),
            "ZAMIN_DEMO_PEOPLE": str(people),
            # Hashing stays argon2id; it is only cheaper, so that a hundred sign-ins take seconds.
            "ZAMIN_PASSWORD_MEMORY": "8",
            "ZAMIN_PASSWORD_PASSES": "1",
            "ZAMIN_RATE_LIMITS": "false",
            "ZAMIN_REGISTERS_FAULTS": "true",
            "ZAMIN_ROOT": str(ROOT),
            "ZAMIN_PYTHON": os.environ.get("ZAMIN_PYTHON", str(ROOT / ".venv/bin/python3")),
            **extra,
        }
        if database_url:
            self.environment["ZAMIN_DATABASE_URL"] = database_url
        self.log = open(self.folder / "log.txt", "wb")
        self.processes = {}

    def start(self, role="up"):
        self.processes[role] = subprocess.Popen(
            [self.binary, role], env=self.environment, cwd=ROOT, stdout=self.log, stderr=self.log, start_new_session=True
        )
        return self.processes[role]

    def run(self, *arguments, check=True):
        return subprocess.run([self.binary, *arguments], env=self.environment, cwd=ROOT, capture_output=True, text=True, check=check)

    def wait(self, seconds=240):
        """Until the server and the registers answer."""
        waiting = [f"{self.url}/health/ready", f"http://127.0.0.1:{self.port + 2}/openapi.json", f"{self.mail_url}/api/messages"]
        deadline = time.monotonic() + seconds
        while waiting:
            try:
                with urllib.request.urlopen(waiting[0], timeout=5) as answer:
                    if answer.status == 200:
                        waiting.pop(0)
                        continue
            except (urllib.error.URLError, OSError):
                pass
            ended = [name for name, process in self.processes.items() if process.poll() is not None]
            if ended or time.monotonic() > deadline:
                raise RuntimeError(f"the country did not come up ({ended or waiting[0]}):\n{self.text_of_log()[-4000:]}")
            time.sleep(0.2)
        return self

    def text_of_log(self):
        self.log.flush()
        return (self.folder / "log.txt").read_text(errors="replace")

    def stop(self, role=None, kill=False):
        for name in [role] if role else list(self.processes):
            process = self.processes.pop(name, None)
            if process is None or process.poll() is not None:
                continue
            os.killpg(process.pid, signal.SIGKILL if kill else signal.SIGTERM)
            try:
                process.wait(timeout=20)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()

    def close(self):
        self.stop()
        self.log.close()
        keep = os.environ.get("ZAMIN_KEEP_COUNTRY")
        if not keep:
            shutil.rmtree(self.folder, ignore_errors=True)

    def personas(self):
        data = json.loads((ROOT / "Data/registers/personas.json").read_text())
        return {persona["key"]: persona for persona in data.get("personas", data)}

    # Mail.

    def mails(self):
        with urllib.request.urlopen(f"{self.mail_url}/api/messages", timeout=10) as answer:
            data = json.load(answer)
        return data["messages"] if isinstance(data, dict) else data

    def mail(self, to, matching, after=0, seconds=60):
        """The newest mail to an address whose text or subject matches, among mails after the first `after`; waits for it."""
        deadline = time.monotonic() + seconds
        while True:
            for mail in self.mails_after(to, after):
                if re.search(matching, json.dumps(mail, ensure_ascii=False)):
                    return mail
            if time.monotonic() > deadline:
                raise AssertionError(f"no mail to {to} matching {matching}")
            time.sleep(0.2)

    def code(self, to, after=0, seconds=60):
        """The newest one-time code sent to an address, among mails after the first `after`."""
        deadline = time.monotonic() + seconds
        while True:
            for mail in self.mails_after(to, after):
                found = re.search(r"(?<!\d)(\d{6})(?!\d)", mail.get("text") or "")
                if found:
                    return found.group(1)
            if time.monotonic() > deadline:
                raise AssertionError(f"no code for {to}")
            time.sleep(0.2)

    def mails_after(self, to, after):
        """The mails to an address but the first `after`, the newest first."""
        mails = [mail for mail in self.mails() if to in json.dumps(mail, ensure_ascii=False)]
        return mails[:len(mails) - after] if len(mails) > after else []

    def mail_count(self, to):
        return len(self.mails_after(to, 0))
