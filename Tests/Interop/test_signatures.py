"""Signatures and canonical texts, made by the platform and checked by the libraries of others, and the other way round."""

import base64
import hashlib
import http.server
import json
import secrets
import threading

import pytest
import requests
import rfc8785
from citizen import Student
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from http_message_signatures import HTTPMessageSigner, HTTPMessageVerifier, HTTPSignatureKeyResolver, InvalidSignature, algorithms

# Gateways and registers do not know what the portal keeps its data in.
pytestmark = pytest.mark.one_database

TAG = "zamin-register"
COVERED = ("@method", "@target-uri", "content-digest", "spine-client", "spine-purpose")
ANSWER_COVERED = ("@status", "content-digest", '"@method";req', '"@target-uri";req', '"signature";req')


def encode(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def decode(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def key_id(key):
    """RFC 7638, of an Ed25519 key as in RFC 8037."""
    raw = key.public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
    return encode(hashlib.sha256(json.dumps({"crv": "Ed25519", "kty": "OKP", "x": encode(raw)}, separators=(",", ":")).encode()).digest())


class Keys(HTTPSignatureKeyResolver):
    """The keys of the town's parties, as they lie in its folder."""

    def __init__(self, town):
        self.folder = town.data / "keys"

    def public(self, name):
        return serialization.load_pem_public_key((self.folder / f"{name}.public.pem").read_bytes())

    def resolve_public_key(self, wanted):
        return next(key for key in map(self.public, ["provider-gateway", "registers"]) if key_id(key) == wanted)

    def resolve_private_key(self, wanted):
        return serialization.load_pem_private_key((self.folder / "provider-gateway.pem").read_bytes(), None)


class Listener(http.server.BaseHTTPRequestHandler):
    """Stands where the registers stand, and keeps what the gateway says."""

    heard = []

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        url = f"http://{self.headers['Host']}{self.path}"
        self.heard.append(requests.Request("POST", url, headers=list_of_headers(self.headers), data=body).prepare())
        self.send_response(503)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *arguments):
        pass


def list_of_headers(headers):
    return {name: value for name, value in headers.items() if name.lower() not in ("content-length", "connection")}


@pytest.fixture(scope="module")
def heard(town):
    """A question of the gateway to the registers, as it went over the wire."""
    noa = Student(town.url).sign_in(town, town.students[0])
    town.stop("registers")
    listener = http.server.ThreadingHTTPServer(("127.0.0.1", town.port + 2), Listener)
    threading.Thread(target=listener.serve_forever, daemon=True).start()
    try:
        draft = noa.begin()
        for step, answers in Student.PAGES[:3]:
            noa.post(f"{draft}/pages/{step}", {**answers, "action": "continue"})
        assert noa.get(f"{draft}/pages/person").status_code == 200
    finally:
        listener.shutdown()
        listener.server_close()
        town.start("registers")
        town.wait()
    assert Listener.heard, "the gateway asked nobody"
    return Listener.heard[0]


def verifier(town):
    return HTTPMessageVerifier(signature_algorithm=algorithms.ED25519, key_resolver=Keys(town))


def test_a_library_of_others_verifies_what_the_gateway_signs(town, heard):
    [result] = verifier(town).verify(heard, expect_tag=TAG, require_components=COVERED, body=heard.body)
    assert result.parameters["keyid"] == key_id(Keys(town).public("provider-gateway")) and len(result.parameters["nonce"]) >= 16


def test_a_changed_question_is_not_verified(town, heard):
    changed = heard.copy()
    changed.headers["Spine-Purpose"] = "curiosity"
    with pytest.raises(InvalidSignature):
        verifier(town).verify(changed, expect_tag=TAG, body=changed.body)
    with pytest.raises(InvalidSignature):
        verifier(town).verify(heard, expect_tag=TAG, body=heard.body + b" ")


def question(town, **change):
    """A question to the registers, signed by the other library with the gateway's key."""
    keys = Keys(town)
    body = json.dumps({"nationalNumber": town.students[0]["nationalNumber"]}).encode()
    request = requests.Request(
        "POST", f"http://127.0.0.1:{town.port + 2}/students/status", data=body,
        headers={"Content-Type": "application/json", "Spine-Client": "municipality", "Spine-Purpose": "interop"}).prepare()
    HTTPMessageSigner(signature_algorithm=algorithms.ED25519, key_resolver=keys).sign(
        request, key_id=key_id(keys.public("provider-gateway")), nonce=secrets.token_urlsafe(18), tag=TAG, covered_component_ids=COVERED, body=body)
    for name, value in change.items():
        request.headers[name.replace("_", "-")] = value
    return request


def test_the_registers_believe_what_a_library_of_others_signs_and_sign_their_answer(town):
    request = question(town)
    with requests.Session() as session:
        answer = session.send(request, timeout=30)
        assert answer.status_code == 200 and answer.json()["institution"], answer.text
        [result] = verifier(town).verify(answer, expect_tag=TAG, require_components=ANSWER_COVERED, body=answer.content)
        assert result.parameters["keyid"] == key_id(Keys(town).public("registers"))
        assert session.send(request, timeout=30).status_code == 401, "the same question twice is a replay"
        assert session.send(question(town, Spine_Client="police"), timeout=30).status_code == 401


def test_agreements_have_the_hash_that_rfc8785_gives_them_and_two_signatures_over_it(town):
    agreements = requests.get(f"{town.url}/agreements", timeout=30).json()["agreements"]
    assert len(agreements) >= 8
    for agreement in agreements:
        content = agreement["content"]
        canonical = rfc8785.dumps(content)
        digest = hashlib.sha256(canonical).hexdigest()
        key = f"= '{content['id']}' AND version = {content['version']}"
        assert town.rows(f"SELECT content_hash FROM spine_agreement WHERE id {key}") == [[digest]]
        signatures = town.rows(
            "SELECT jws, jwk FROM spine_agreement_signature s JOIN spine_body_key k ON k.body_id = s.body_id "
            f"WHERE agreement_id {key} ORDER BY s.body_id")
        assert len(signatures) == 2
        for jws, jwk in signatures:
            head, payload, signature = jws.split(".")
            Ed25519PublicKey.from_public_bytes(decode(json.loads(jwk)["x"])).verify(decode(signature), f"{head}.{payload}".encode())
            assert json.loads(decode(payload))["sha256"] == digest
            assert rfc8785.dumps(json.loads(decode(payload))) == decode(payload)
