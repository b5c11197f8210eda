"""A real clamd behind the form: what it finds is refused in words, what it passes is kept as scanned, and without it nothing is kept."""

import socket
import subprocess

import pytest
from citizen import Student, words
from town import Town, eventually

# As a virus of its own: clamd finds it wherever it stands in a file.
MARK = b"ZAMIN-TEST-FILE-THAT-HARMS-NOBODY"


@pytest.fixture
def clamd(tmp_path):
    """A scanner that knows one virus, as a way to start and to stop it."""
    (tmp_path / "zamin.ndb").write_text(f"Zamin.Test:0:*:{MARK.hex()}\n")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    settings = tmp_path / "clamd.conf"
    settings.write_text(f"DatabaseDirectory {tmp_path}\nTCPSocket {port}\nTCPAddr 127.0.0.1\nForeground yes\nUser root\n")
    # clamd wants its database to be readable by whomever it runs as.
    scanner = Scanner(settings, port)
    scanner.start()
    yield scanner
    scanner.stop()


class Scanner:
    def __init__(self, settings, port):
        self.settings, self.port, self.process = settings, port, None

    def start(self):
        self.process = subprocess.Popen(["clamd", "-c", str(self.settings)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        eventually(self.answers, 60, "clamd does not answer")

    def stop(self):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()

    def answers(self):
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=2) as connection:
                connection.sendall(b"zPING\0")
                return connection.recv(16).startswith(b"PONG")
        except OSError:
            return False


def payslip(content=b""):
    return b"%PDF-1.4\n1 0 obj\n<< /Type /Catalog >>\nendobj\n" + content + b"\ntrailer\n<< /Root 1 0 R >>\n%%EOF\n"


def test_files_are_scanned_by_clamd(clamd):
    town = Town(students=1, ZAMIN_CLAMD=f"tcp://127.0.0.1:{clamd.port}")
    try:
        town.start_all()
        noa = Student(town.url).sign_in(town, town.students[0])
        draft = noa.begin()
        for step, answers in Student.PAGES[:9]:
            if answers is None:
                noa.get(f"{draft}/pages/{step}")
            answer = noa.post(f"{draft}/pages/{step}", {**(answers or {}), "action": "continue"})
            assert answer.status_code == 303, words(answer)
        noa.post(f"{draft}/pages/household/entries/new", {"name": "Noa Barak", "relation": "self", "monthlyIncome": "4200"})
        assert noa.post(f"{draft}/pages/household", {"action": "continue"}).headers["Location"].endswith("/pages/payslips")

        def attach(content, name):
            noa.get(f"{draft}/pages/payslips")
            path = f"/en{draft}/pages/payslips"
            return noa.request("POST", path, data={"_csrf": noa.token, "action": "add"}, files={"income.proof": (name, content, "application/pdf")})

        refused = attach(payslip(MARK), "sick.pdf")
        assert refused.status_code == 422 and "A virus was found in the file" in refused.text, words(refused)
        assert attach(payslip(), "healthy.pdf").status_code == 303
        page = noa.get(f"{draft}/pages/payslips").text
        assert "healthy.pdf" in page and "sick.pdf" not in page
        assert town.rows("SELECT scan FROM forms_attachment") == [["clean"]]

        clamd.stop()
        closed = attach(payslip(), "later.pdf")
        assert closed.status_code in (422, 503) and "virus check is not available" in closed.text, words(closed)
        assert "healthy.pdf" in noa.get(f"{draft}/pages/payslips").text
        clamd.start()
        assert attach(payslip(), "later.pdf").status_code == 303
    finally:
        town.close()
