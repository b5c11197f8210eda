"""Bodies' own houses: each in a network namespace of its own, with a gateway, certificates, and registers behind one of them."""

import base64
import datetime
import ipaddress
import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
from pathlib import Path

from country import ROOT
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from prometheus_client.parser import text_string_to_metric_families
from town import eventually

TOKEN = "t" * 40


def command(*words, check=True):
    return subprocess.run(words, capture_output=True, text=True, check=check)


class Wire:
    """A switch of this machine with the centre at its first address."""

    def __init__(self):
        self.name = f"zg{os.getpid() % 100_000}"
        self.net = f"10.{200 + os.getpid() % 50}.{os.getpid() // 50 % 250}"
        self.spaces = []
        command("ip", "link", "add", self.name, "type", "bridge")
        command("ip", "addr", "add", f"{self.address(1)}/24", "dev", self.name)
        command("ip", "link", "set", self.name, "up")

    def address(self, number):
        return f"{self.net}.{number}"

    def space(self, number):
        """A network namespace with one address."""
        name, inner, outer = f"{self.name}n{number}", f"{self.name}i{number}", f"{self.name}o{number}"
        command("ip", "netns", "add", name)
        self.spaces.append(name)
        command("ip", "link", "add", outer, "type", "veth", "peer", "name", inner, "netns", name)
        command("ip", "link", "set", outer, "master", self.name, "up")
        for words in [("addr", "add", f"{self.address(number)}/24", "dev", inner), ("link", "set", inner, "up"), ("link", "set", "lo", "up")]:
            command("ip", "-n", name, *words)
        return name

    def cut_centre(self):
        command("ip", "addr", "del", f"{self.address(1)}/24", "dev", self.name)

    def mend_centre(self):
        command("ip", "addr", "add", f"{self.address(1)}/24", "dev", self.name)

    def close(self):
        for name in self.spaces:
            command("ip", "netns", "del", name, check=False)
        command("ip", "link", "del", self.name, check=False)


def may_wire():
    """Whether this machine lets a network namespace be made and wired."""
    wire = None
    try:
        wire = Wire()
        wire.space(2)
        return True
    except subprocess.CalledProcessError:
        return False
    finally:
        if wire:
            wire.close()


class Authority:
    """Issues certificates for addresses."""

    def __init__(self, name):
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        self.certificate = self.build(self.name, self.key).add_extension(x509.BasicConstraints(True, None), True).sign(self.key, hashes.SHA256())

    def build(self, name, key):
        now = datetime.datetime.now(datetime.timezone.utc)
        return (
            x509.CertificateBuilder().subject_name(name).issuer_name(self.name).public_key(key.public_key()).serial_number(x509.random_serial_number())
            .not_valid_before(now - datetime.timedelta(days=1)).not_valid_after(now + datetime.timedelta(days=30))
        )

    def issue(self, folder, address):
        folder.mkdir(parents=True, exist_ok=True)
        key = ec.generate_private_key(ec.SECP256R1())
        alternative = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(address))])
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, address)])
        certificate = self.build(name, key).add_extension(alternative, False).sign(self.key, hashes.SHA256())
        (folder / "gateway.crt").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
        (folder / "gateway.key").write_bytes(
            key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        )
        (folder / "authorities.crt").write_bytes(self.certificate.public_bytes(serialization.Encoding.PEM))
        return folder


class House:
    """One body's gateway, and the demo country's registers behind it when asked for."""

    def __init__(self, wire, number, authority, folder=None):
        self.space, self.address = wire.space(number), wire.address(number)
        self.temporary = None if folder else tempfile.mkdtemp(prefix="zamin-house-")
        self.folder = Path(folder or self.temporary)
        self.binary = os.environ.get("ZAMIN_BINARY", str(ROOT / ".build/debug/zamin"))
        self.environment = {**os.environ, "ZAMIN_ROOT": str(ROOT), "ZAMIN_DATA_DIR": str(self.folder / "registers"), "ZAMIN_DEMO_PEOPLE": "300",
                            "ZAMIN_PORT": "8080", "ZAMIN_PYTHON": os.environ.get("ZAMIN_PYTHON", str(ROOT / ".venv/bin/python3"))}
        self.url = f"https://{self.address}:8443"
        self.log = open(Path(tempfile.gettempdir()) / f"{self.space}.log", "wb")
        self.processes = {}
        authority.issue(self.folder / "tls", self.address)
        (self.folder / "token").write_text(TOKEN)
        (self.folder / "token").chmod(0o600)
        self.key = self.run("standalone-gateway", str(self.folder), "key").stdout
        (self.folder / "public.json").write_text(self.key)

    def inside(self, *words):
        return ["ip", "netns", "exec", self.space, *words]

    def run(self, *arguments, check=True):
        return subprocess.run([self.binary, *arguments], env=self.environment, cwd=ROOT, capture_output=True, text=True, check=check)

    def start_time_stamps(self):
        """An authority of OpenSSL's in this house; how its settings name it."""
        command = self.inside(sys.executable, str(ROOT / "Tests/Interop/tsa.py"))
        process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, start_new_session=True)
        self.processes["tsa"] = process
        port, authorities = process.stdout.readline().split()
        return {"url": f"http://127.0.0.1:{port}/stamp", "authorities": authorities, "seconds": 10}

    def start_hook(self):
        """A system of this house that is told of moves; how the gateway's settings name it."""
        program = [self.environment["ZAMIN_PYTHON"], str(ROOT / "Tests/Interop/hook.py")]
        self.processes["hook"] = subprocess.Popen(
            self.inside(*program, "9100", str(self.folder / "public.json"), str(self.folder / "told.jsonl")), stdout=self.log, stderr=self.log,
            start_new_session=True)
        return {"body": "municipality-haifa", "operation": "population.addressChanged", "purpose": "municipal-tax-discount",
                "url": "http://127.0.0.1:9100/moves"}

    def told(self):
        """What the system of this house was told so far."""
        path = self.folder / "told.jsonl"
        return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []

    def send(self, method, path, document=None):
        """What this house's gateway answers its own systems: the status, and the document."""
        command = ["curl", "-sS", "-X", method, "-w", "\n%{http_code}", "-H", f"Authorization: Bearer {TOKEN}", f"http://127.0.0.1:8092{path}"]
        if document is not None:
            command += ["-H", "Content-Type: application/cloudevents+json", "-d", json.dumps(document)]
        text, _, status = subprocess.run(self.inside(*command), capture_output=True, text=True, check=True).stdout.rpartition("\n")
        return int(status), json.loads(text) if text else None

    def settle(self, centre_url, centre_key, registers=(), **more):
        document = {
            "publicURL": self.url, "peerHost": self.address, "peerPort": 8443, "localPort": 8092, "localTokenFile": "token",
            "centre": {"url": centre_url, "key": json.loads(centre_key)}, "registers": list(registers),
            "tls": {"certificate": "tls/gateway.crt", "key": "tls/gateway.key", "authorities": "tls/authorities.crt"},
        }
        document.update(more)
        (self.folder / "gateway.json").write_text(json.dumps(document))

    def prepare_registers(self):
        """Registers that believe this house's gateway; how its settings name them."""
        keys = self.folder / "registers/keys"
        keys.mkdir(parents=True, mode=0o700)
        shutil.copy(self.folder / "keys/gateway.pem", keys / "provider-gateway.pem")
        self.start("registers", "registers")
        eventually(lambda: self.answers("http://127.0.0.1:8082/openapi.json"), 120, "the registers did not start")
        public = serialization.load_pem_public_key((keys / "registers.public.pem").read_bytes())
        raw = public.public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
        key = {"kty": "OKP", "crv": "Ed25519", "x": base64.urlsafe_b64encode(raw).rstrip(b"=").decode()}
        return [{"url": "http://127.0.0.1:8082", "key": key, "bodies": ["population-authority"]}]

    def start(self, name, *arguments):
        self.processes[name] = subprocess.Popen(
            self.inside(self.binary, *arguments), env=self.environment, cwd=ROOT, stdout=self.log, stderr=self.log, start_new_session=True
        )

    def start_gateway(self):
        self.start("gateway", "standalone-gateway", str(self.folder))
        eventually(lambda: self.answers("http://127.0.0.1:8092/.well-known/authzen-configuration"), 60, self.text_of_log)

    def answers(self, url):
        return subprocess.run(self.inside("curl", "-fsS", "-o", "/dev/null", url), capture_output=True).returncode == 0

    def counted(self, face):
        """How many messages were answered by what the gateway tells Prometheus, read by Prometheus's own parser."""
        text = subprocess.run(
            self.inside("curl", "-fsS", "-H", f"Authorization: Bearer {TOKEN}", "http://127.0.0.1:8092/metrics"), capture_output=True, text=True,
            check=True).stdout
        families = {family.name: family for family in text_string_to_metric_families(text)}
        assert {family.type for family in families.values()} == {"histogram", "counter"}
        samples = [sample for sample in families["zamin_spine_message_seconds"].samples if sample.name.endswith("_count")]
        return sum(sample.value for sample in samples if sample.labels["face"] == face and sample.labels["outcome"] == "answered")

    def text_of_log(self):
        return Path(self.log.name).read_text(errors="replace")[-4000:]

    def stop(self, name, kill=False):
        process = self.processes.pop(name, None)
        if process and process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL if kill else signal.SIGTERM)
            process.wait(timeout=30)

    def ask(self, count, threads=4, first=0):
        """Asks the population register so many times; how each went, by the case it was asked for."""
        done = subprocess.Popen(
            self.inside(self.environment["ZAMIN_PYTHON"], str(ROOT / "Tests/Interop/ask_gateway.py"), TOKEN, str(count), str(threads), str(first)),
            stdout=subprocess.PIPE, text=True)
        return done

    def rows(self, sql):
        connection = sqlite3.connect(f"file:{self.folder}/gateway.sqlite?mode=ro", uri=True, timeout=30)
        try:
            return connection.execute(sql).fetchall()
        finally:
            connection.close()

    def close(self):
        for name in list(self.processes):
            self.stop(name, kill=True)
        self.log.close()
        os.unlink(self.log.name)
        if self.temporary:
            shutil.rmtree(self.temporary, ignore_errors=True)


def outcomes(asking):
    """What `House.ask` printed: case → status."""
    out, _ = asking.communicate(timeout=300)
    return {case: int(status) for case, status in (line.split() for line in out.splitlines())}
