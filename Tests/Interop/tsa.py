"""A time-stamping authority (RFC 3161) made of OpenSSL's `ts` command behind HTTP, which may also lie: what it does is in the path.

    with Authority() as tsa: tsa.url, tsa.authorities
    python3 tsa.py    serves until its input ends; prints the port and the file with its root certificate
"""

import http.server
import pathlib
import subprocess
import sys
import tempfile
import threading

CONFIGURATION = """
[ tsa ]
default_tsa = stamps
[ stamps ]
serial = serial
default_policy = 1.2.3.4.1
digests = {digests}
signer_digest = sha256
accuracy = secs:1
ess_cert_id_chain = no
"""
EXTENSIONS = "[ signer ]\nextendedKeyUsage = critical,timeStamping\n"


class Authority:
    def __init__(self):
        self._folder = tempfile.TemporaryDirectory(prefix="zamin-tsa-")
        self.folder = pathlib.Path(self._folder.name)
        self.authorities = self.folder / "root.pem"
        self.stamps = 0
        self.is_away = False
        self._lock = threading.Lock()
        self._make()
        authority = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                query = self.rfile.read(int(self.headers["Content-Length"]))
                right = self.headers["Content-Type"] == "application/timestamp-query"
                status, reply = authority.answer(self.path, query) if right else (415, b"")
                self.send_response(status)
                self.send_header("Content-Type", "application/timestamp-reply")
                self.send_header("Content-Length", str(len(reply)))
                self.end_headers()
                self.wfile.write(reply)

            def log_message(self, *_):
                pass

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.port = self._server.server_address[1]
        self.url = f"http://127.0.0.1:{self.port}/stamp"

    def __enter__(self):
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_):
        self._server.shutdown()
        self._server.server_close()
        self._folder.cleanup()

    def answer(self, path, query):
        """The HTTP status and the reply."""
        if self.is_away or path == "/away":
            return 503, b""
        with self._lock:
            match path:
                case "/stamp":
                    self.stamps += 1
                    return 200, self._reply(query)
                case "/stale":  # What it once said to somebody else who asked about the same bytes.
                    old = self._openssl("ts", "-query", "-digest", self._hash(query), "-sha256", "-cert")
                    return 200, self._reply(old)
                case "/other":  # Something else than what was asked about, with the nonce of the query.
                    return 200, self._reply(query.replace(bytes.fromhex(self._hash(query)), b"\7" * 32))
                case "/stranger":
                    return 200, self._reply(query, signer="stranger")
                case "/rejection":
                    return 200, self._reply(query, configuration="narrow.cnf")
                case "/altered":
                    reply = bytearray(self._reply(query))
                    reply[-1] ^= 1
                    return 200, bytes(reply)
                case "/behind":
                    return 200, self._reply(query) + b"\0"
                case "/noise":
                    return 200, b"<html>sign in to this network</html>"
                case "/endless":
                    return 200, b"\0" * 1_000_000
        return 404, b""

    @staticmethod
    def _hash(query):
        """The 32 bytes of the imprint: an OCTET STRING right behind the algorithm."""
        at = query.index(b"\x04\x20") + 2
        return query[at : at + 32].hex()

    def _reply(self, query, signer="signer", configuration="tsa.cnf"):
        (self.folder / "query.tsq").write_bytes(query)
        arguments = ["-queryfile", "query.tsq", "-signer", f"{signer}.pem", "-inkey", f"{signer}.key", "-config", configuration]
        return self._openssl("ts", "-reply", *arguments)

    def _make(self):
        (self.folder / "serial").write_text("01\n")
        (self.folder / "tsa.cnf").write_text(CONFIGURATION.format(digests="sha256, sha512"))
        (self.folder / "narrow.cnf").write_text(CONFIGURATION.format(digests="sha512"))
        (self.folder / "ext.cnf").write_text(EXTENSIONS)
        for root in ("root", "strange"):
            self._openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "3650", "-subj",
                          f"/CN=Time {root}", "-keyout", f"{root}.key", "-out", f"{root}.pem")
        for name, root in (("signer", "root"), ("stranger", "strange")):
            self._openssl("req", "-newkey", "rsa:2048", "-nodes", "-subj", f"/CN=Stamps {name}", "-keyout", f"{name}.key", "-out", "csr.pem")
            self._openssl("x509", "-req", "-in", "csr.pem", "-CA", f"{root}.pem", "-CAkey", f"{root}.key", "-CAcreateserial", "-days", "3650",
                          "-extfile", "ext.cnf", "-extensions", "signer", "-out", f"{name}.pem")

    def _openssl(self, *arguments):
        return subprocess.run(["openssl", *arguments], cwd=self.folder, check=True, capture_output=True).stdout


if __name__ == "__main__":
    with Authority() as authority:
        print(authority.port, authority.authorities, flush=True)
        sys.stdin.read()
