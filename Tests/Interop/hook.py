"""A body's own system that is told of events: writes each into a file, once it has checked the gateway's signature (RFC 9421) with
another's library.

    python3 hook.py PORT PUBLIC.json FILE    refuses the first event, as a system that is being started again might
"""

import base64
import http.server
import json
import sys

import requests
from cloudevents.core.bindings.http import HTTPMessage, from_structured_event
from cloudevents.core.formats.json import JSONFormat
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from http_message_signatures import HTTPMessageVerifier, HTTPSignatureKeyResolver, algorithms

port, key_file, target = int(sys.argv[1]), sys.argv[2], sys.argv[3]
raw = json.load(open(key_file))["x"]
PUBLIC = Ed25519PublicKey.from_public_bytes(base64.urlsafe_b64decode(raw + "=" * (-len(raw) % 4)))
calls = 0


class Keys(HTTPSignatureKeyResolver):
    def resolve_public_key(self, key_id):
        return PUBLIC


class Handler(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        global calls
        calls += 1
        body = self.rfile.read(int(self.headers["Content-Length"]))
        message = requests.Request("POST", f"http://127.0.0.1:{port}{self.path}", headers=dict(self.headers), data=body).prepare()
        results = HTTPMessageVerifier(signature_algorithm=algorithms.ED25519, key_resolver=Keys()).verify(message)
        assert "content-digest" in str(results[0].covered_components)
        event = from_structured_event(HTTPMessage(dict(self.headers), body), JSONFormat())
        self.send_response(503 if calls == 1 else 204)
        self.end_headers()
        with open(target, "a") as file:
            file.write(json.dumps({"call": calls, "id": event.get_id(), "subject": event.get_subject(), "data": event.get_data()}) + "\n")

    def log_message(self, *_):
        pass


http.server.HTTPServer(("127.0.0.1", port), Handler).serve_forever()
