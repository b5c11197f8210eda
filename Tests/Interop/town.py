"""A country whose roles are started one by one, so that one of them can be killed, stopped or cut off while the others go on."""

import json
import os
import socket
import sqlite3
import subprocess
import threading
import time
import urllib.error
import urllib.request

from country import ROOT, Country, database

ROLES = ["registers", "gateway", "acquirer", "worker", "serve"]
ON = ["sqlite", "postgres"] if os.environ.get("ZAMIN_TEST_POSTGRES") else ["sqlite"]


def database_url(kind):
    """A fresh database of a kind; None for the embedded one."""
    return database(os.environ["ZAMIN_TEST_POSTGRES"]) if kind == "postgres" else None


class Town(Country):
    """Mail catcher and roles as single processes. `students` personas besides the country's own may sign in."""

    def __init__(self, students=0, folder=None, **options):
        super().__init__(people=300, **options)
        if folder:
            self.environment["ZAMIN_DATA_DIR"] = str(folder)
        self.data = folder or self.folder
        if students:
            self.environment["ZAMIN_CONTENT"] = str(self.write_content(students))

    def write_content(self, students):
        """The country's content with more students in it: every one a copy of the first, but for number, name and address of mail."""
        content = self.folder / "content"
        (content / "registers").mkdir(parents=True)
        for source in (ROOT / "Data").iterdir():
            if source.name != "registers":
                (content / source.name).symlink_to(source)
        for source in (ROOT / "Data/registers").iterdir():
            if source.name != "personas.json":
                (content / "registers" / source.name).symlink_to(source)
        document = json.loads((ROOT / "Data/registers/personas.json").read_text())
        first = next(persona for persona in document["personas"] if persona["key"] == "student")
        self.students = [
            {**first, "key": f"student-{place:03}", "nationalNumber": national_number(60_001_000 + place), "email": f"student-{place:03}@example.test"}
            for place in range(students)
        ]
        document["personas"] += self.students
        (content / "registers/personas.json").write_text(json.dumps(document, ensure_ascii=False))
        return content

    def start(self, role="up"):
        if role != "mail":
            return super().start(role)
        command = [
            self.environment["ZAMIN_PYTHON"], str(ROOT / "Tools/mailcatcher.py"), "--smtp-port", str(self.port + 5), "--http-port", str(self.port + 6)
        ]
        self.processes[role] = subprocess.Popen(command, cwd=ROOT, stdout=self.log, stderr=self.log, start_new_session=True)
        return self.processes[role]

    def start_all(self):
        self.run("demo")
        for role in ["mail", *ROLES]:
            self.start(role)
        return self.wait()

    def wait_ready(self, seconds=60):
        wait_for(f"{self.url}/health/ready", seconds)

    # What is in the database, past the server.

    @property
    def database_url(self):
        return self.environment.get("ZAMIN_DATABASE_URL")

    def rows(self, sql):
        """The rows of a statement, as lists of text."""
        if self.database_url:
            done = subprocess.run(["psql", "-qAt", "-F", "\t", self.database_url, "-c", sql], capture_output=True, text=True, check=True)
            return [line.split("\t") for line in done.stdout.splitlines()]
        connection = sqlite3.connect(self.data / "zamin.sqlite", timeout=30, isolation_level=None)
        try:
            return [["" if value is None else str(value) for value in row] for row in connection.execute(sql).fetchall()]
        finally:
            connection.close()

    def number(self, sql):
        return int(self.rows(sql)[0][0])


def national_number(eight):
    """Nine digits: these eight and their check digit."""
    digits = [int(digit) * (1 + place % 2) for place, digit in enumerate(f"{eight:08}")]
    return f"{eight:08}{-sum(digit // 10 + digit % 10 for digit in digits) % 10}"


def status(url, timeout=10):
    """The status of an answer; None when nobody answers."""
    try:
        with urllib.request.urlopen(url, timeout=timeout) as answer:
            return answer.status
    except urllib.error.HTTPError as error:
        return error.code
    except OSError:
        return None


def wait_for(url, seconds=60, wanted=200):
    eventually(lambda: status(url) == wanted, seconds, f"{url} does not answer {wanted}")


def eventually(holds, seconds=60, message="it did not come about"):
    """The first true value of `holds`, asked again and again."""
    deadline = time.monotonic() + seconds
    while True:
        value = holds()
        if value:
            return value
        assert time.monotonic() < deadline, message
        time.sleep(0.1)


class Cable:
    """A TCP connection between two parties that can be cut and mended: what a failing network or a stopped peer looks like."""

    def __init__(self, host, port):
        self.target = (host, port)
        self.ends = set()
        self.lock = threading.Lock()
        self.listener = None
        self.port = 0
        self.mend()

    def mend(self):
        listener = socket.socket()
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(("127.0.0.1", self.port))
        listener.listen(128)
        self.port = listener.getsockname()[1]
        self.listener = listener
        threading.Thread(target=self.accept, args=(listener,), daemon=True).start()

    def cut(self):
        """Ends every connection and refuses new ones."""
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        with self.lock:
            ends, self.ends = self.ends, set()
        for end in ends:
            close(end)

    def accept(self, listener):
        while True:
            try:
                near, _ = listener.accept()
                far = socket.create_connection(self.target)
            except OSError:
                return
            with self.lock:
                self.ends |= {near, far}
            for source, sink in [(near, far), (far, near)]:
                threading.Thread(target=self.carry, args=(source, sink), daemon=True).start()

    def carry(self, source, sink):
        try:
            while data := source.recv(65_536):
                sink.sendall(data)
        except OSError:
            pass
        for end in (source, sink):
            close(end)
        with self.lock:
            self.ends -= {source, sink}


def close(end):
    try:
        end.shutdown(socket.SHUT_RDWR)
    except OSError:
        pass
    end.close()


def is_root():
    return os.geteuid() == 0
