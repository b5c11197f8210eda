"""The audit log, checked by somebody who trusts nobody: `zamin verify-log` against a database that was tampered with, and a proof that a
person downloads, against RFC 9162 and C2SP's signed notes written anew here."""

import base64
import hashlib
import json
import subprocess

import pytest
from citizen import Student
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from town import ON, Town, database_url, eventually
from tsa import Authority

ORIGIN_NAME = "zamin/audit"


@pytest.fixture(scope="module")
def tsa():
    with Authority() as tsa:
        yield tsa


@pytest.fixture(scope="module", params=ON)
def town(request, tsa):
    """A town whose log is time-stamped every ten seconds."""
    town = Town(students=10, database_url=database_url(request.param))
    town.environment.update(ZAMIN_TIMESTAMP_URL=tsa.url, ZAMIN_TIMESTAMP_AUTHORITIES=str(tsa.authorities), ZAMIN_TIMESTAMP_SECONDS="10")
    try:
        yield town.start_all()
    finally:
        town.close()


@pytest.fixture(scope="module")
def noa(town):
    noa = Student(town.url).sign_in(town, town.students[0])
    assert noa.case(noa.send(noa.fill()))
    return noa


def proofs(noa):
    """Every entry of the first page of "who looked at my data", with its proof once it has a place in the log."""
    page = noa.get("/me/access").text
    entries = [part[:36] for part in page.split("/me/access/")[1:] if part[36:42] == "/proof"]
    assert len(entries) >= 5

    def placed():
        found = [noa.request("GET", f"/me/access/{entry}/proof").json() for entry in entries]
        return None if any(proof.get("pending") for proof in found) else found

    return eventually(placed, 30, "the log does not take the entries in")


# RFC 9162, section 2.1.


def leaf_hash(text):
    return hashlib.sha256(b"\0" + text.encode()).digest()


def node_hash(left, right):
    return hashlib.sha256(b"\1" + left + right).digest()


def root_of_proof(leaf, index, size, path):
    """Section 2.1.3.2: the root that follows from a leaf and its path; None when the path has the wrong length."""
    place, last, value = index, size - 1, leaf
    for sibling in path:
        if last == 0:
            return None
        if place & 1 or place == last:
            value = node_hash(sibling, value)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            value = node_hash(value, sibling)
        place, last = place >> 1, last >> 1
    return value if last == 0 else None


def read_checkpoint(note, key):
    """Size and root of a checkpoint (C2SP tlog-checkpoint) whose signature holds."""
    text, _, signatures = note.partition("\n\n")
    text += "\n"
    raw = key.public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
    hint = hashlib.sha256(ORIGIN_NAME.encode() + b"\n\1" + raw).digest()[:4]
    dash, name, value = signatures.rstrip("\n").split(" ")
    signature = base64.b64decode(value)
    assert (dash, name, signature[:4]) == ("—", ORIGIN_NAME, hint)
    key.verify(signature[4:], text.encode())
    origin, size, root = text.splitlines()[:3]
    assert origin
    return int(size), base64.b64decode(root)


def log_key(town):
    return serialization.load_pem_public_key((town.data / "keys/audit.public.pem").read_bytes())


def holds(proof, key):
    size, root = read_checkpoint(proof["checkpoint"], key)
    path = [base64.b64decode(value) for value in proof["inclusionProof"]]
    return root_of_proof(leaf_hash(proof["leaf"]), proof["index"], size, path) == root


def test_every_entry_a_person_sees_is_proved_to_be_in_the_signed_log(town, noa):
    key = log_key(town)
    assert isinstance(key, Ed25519PublicKey)
    found = proofs(noa)
    assert all(holds(proof, key) for proof in found)
    assert len({proof["index"] for proof in found}) == len(found)
    subjects = {json.loads(proof["leaf"])["subject"] for proof in found}
    assert len(subjects) == 1, "entries about one person only"


def test_a_changed_proof_proves_nothing(town, noa):
    key, proof = log_key(town), proofs(noa)[0]
    assert not holds({**proof, "leaf": proof["leaf"].replace('"at"', '"At"')}, key)
    assert not holds({**proof, "index": proof["index"] + 1}, key)
    assert not holds({**proof, "inclusionProof": proof["inclusionProof"][1:]}, key)
    text, _, signatures = proof["checkpoint"].partition("\n\n")
    origin, size, root = text.split("\n")[:3]
    with pytest.raises(InvalidSignature):
        holds({**proof, "checkpoint": f"{origin}\n{int(size) + 1}\n{root}\n\n{signatures}"}, key)


def test_a_stranger_gets_no_proof_of_somebody_elses_entry(town, noa):
    entry = noa.get("/me/access").text.split("/me/access/")[1][:36]
    other = Student(town.url).sign_in(town, town.students[1])
    assert other.request("GET", f"/me/access/{entry}/proof").status_code == 404
    assert Student(town.url).request("GET", f"/me/access/{entry}/proof").status_code == 401


def test_the_log_is_whole(town, noa):
    proofs(noa)
    done = town.run("verify-log")
    assert "The logs are whole." in done.stdout


# RFC 3161, by the program that everybody has.


def stamped(noa):
    """The proof of the newest entry of the page, once a time-stamped checkpoint has it."""
    return eventually(lambda: next((proof for proof in proofs(noa)[:1] if "timestamp" in proof), None), 60, "no checkpoint gets a time stamp")


def openssl_says(proof, tsa, folder):
    (folder / "note").write_text(proof["checkpoint"])
    (folder / "token").write_bytes(base64.b64decode(proof["timestamp"]))
    command = ["openssl", "ts", "-verify", "-in", "token", "-token_in", "-data", "note", "-CAfile", tsa.authorities]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True)


def test_a_proof_says_since_when_it_holds(town, noa, tsa, tmp_path):
    proof = stamped(noa)
    assert holds(proof, log_key(town))
    done = openssl_says(proof, tsa, tmp_path)
    assert done.returncode == 0 and "Verification: OK" in done.stdout + done.stderr, done
    other = openssl_says({**proof, "checkpoint": proof["checkpoint"] + "\n"}, tsa, tmp_path)
    assert other.returncode == 1 and "message imprint mismatch" in other.stderr, other
    assert "time stamps hold, from 2" in town.run("verify-log").stdout


def test_nothing_waits_for_the_time_stamps(town, tsa):
    tsa.is_away = True
    try:
        other = Student(town.url).sign_in(town, town.students[2])
        assert other.case(other.send(other.fill()))
        newest = proofs(other)[0]
        assert holds(newest, log_key(town)) and "timestamp" not in newest
        assert "The logs are whole." in town.run("verify-log").stdout
    finally:
        tsa.is_away = False
    assert stamped(other)["leaf"] == newest["leaf"]


def place(town):
    """A place in the middle of the log."""
    return town.number("SELECT max(sequence) FROM audit_entry") // 2


def refused(town):
    done = town.run("verify-log", check=False)
    return done.returncode == 1 and "FAULT" in done.stdout and done.stdout


def literal(text):
    return "'" + text.replace("'", "''") + "'"


def kept_notes(town):
    """Every checkpoint that lies outside the database."""
    return [json.loads(line) for path in sorted((town.data / "audit/checkpoints").glob("*.jsonl")) for line in path.read_text().splitlines()]


def test_every_checkpoint_is_kept_outside_the_database(town, noa):
    proofs(noa)
    key = log_key(town)

    def same():
        kept, signed = kept_notes(town), {row[0] for row in town.rows("SELECT size FROM audit_checkpoint")}
        return signed == {str(read_checkpoint(note, key)[0]) for note in kept} and kept

    assert eventually(same, 30, "checkpoints are missing outside the database")
    assert read_checkpoint(proofs(noa)[0]["checkpoint"], key)[0] > 0


def test_verifying_changes_nothing(town, noa):
    """It says what waits and gives it no place: what lies in the database unsigned is not signed by looking at it."""
    proofs(noa)
    town.stop("worker")
    try:
        content = json.dumps({"at": 1, "id": "waiting", "subject": "nobody"})
        town.rows(f"INSERT INTO audit_entry (subject_id, id, at, content) VALUES ('nobody', 'waiting', 1, {literal(content)})")
        before = town.number("SELECT count(*) FROM audit_checkpoint")
        waiting = town.number("SELECT count(*) FROM audit_entry WHERE sequence IS NULL")
        said = town.run("verify-log").stdout
        assert "The logs are whole." in said and f"{waiting} entries wait for their place" in said
        assert town.number("SELECT count(*) FROM audit_checkpoint") == before
    finally:
        town.start("worker")


@pytest.mark.parametrize("change", ["altered", "hidden", "deleted", "moved", "appended", "slipped-in", "unsigned", "cut"])
def test_a_log_that_was_touched_is_found_out(town, noa, change):
    proofs(noa)
    at = place(town)
    subject, entry, when, content = town.rows(f"SELECT subject_id, id, at, content FROM audit_entry WHERE sequence = {at}")[0]
    key = f"subject_id = {literal(subject)} AND id = {literal(entry)}"
    # Nobody writes meanwhile: what is found must be what was touched.
    town.stop("worker")
    last = town.number("SELECT max(size) FROM audit_checkpoint")
    before = town.number(f"SELECT max(size) FROM audit_checkpoint WHERE size < {last}")
    touch, heal = {
        "altered": (
            [f"UPDATE audit_entry SET content = {literal(content.replace('actor', 'actress'))} WHERE {key}"],
            [f"UPDATE audit_entry SET content = {literal(content)} WHERE {key}"]),
        "deleted": (
            [f"DELETE FROM audit_entry WHERE {key}"],
            [
                "INSERT INTO audit_entry (subject_id, id, at, content, sequence) "
                f"VALUES ({literal(subject)}, {literal(entry)}, {when}, {literal(content)}, {at})"
            ]),
        "moved": (swap(at), swap(at)),
        # The person's page no longer finds it.
        "hidden": (
            [f"UPDATE audit_entry SET subject_id = 'x' WHERE {key}"],
            [f"UPDATE audit_entry SET subject_id = {literal(subject)} WHERE subject_id = 'x' AND id = {literal(entry)}"]),
        # An entry nobody signed, behind the last one.
        "slipped-in": (
            [
                "INSERT INTO audit_entry (subject_id, id, at, content, sequence) "
                f"VALUES ('x', 'y', {when}, {literal(content)}, {last})"
            ],
            ["DELETE FROM audit_entry WHERE subject_id = 'x' AND id = 'y'"]),
        # An altered entry, and no checkpoint over it any more.
        "unsigned": (
            [
                f"UPDATE audit_entry SET content = {literal(content.replace('actor', 'actress'))} WHERE {key}",
                f"DELETE FROM audit_checkpoint WHERE size > {at}"
            ],
            [f"UPDATE audit_entry SET content = {literal(content)} WHERE {key}", *signed_again(town, f"size > {at}")]),
        # The last entries, and what was signed over them.
        "cut": (
            [f"DELETE FROM audit_entry WHERE sequence >= {before}", f"DELETE FROM audit_checkpoint WHERE size > {before}"],
            [*written_again(town, f"sequence >= {before}"), *signed_again(town, f"size > {before}")]),
        # A checkpoint nobody signed says that the log is longer.
        "appended": (
            [f"INSERT INTO audit_checkpoint (size, note, at) SELECT size + 1, note, at FROM audit_checkpoint WHERE size = {last}"],
            [f"DELETE FROM audit_checkpoint WHERE size = {last + 1}"]),
    }[change]
    try:
        for statement in touch:
            town.rows(statement)
        assert refused(town), "nobody noticed"
        for statement in heal:
            town.rows(statement)
        assert "The logs are whole." in town.run("verify-log").stdout
    finally:
        town.start("worker")


def written_again(town, where):
    """Statements that put entries back."""
    rows = town.rows(f"SELECT subject_id, id, at, content, sequence FROM audit_entry WHERE {where}")
    return [
        "INSERT INTO audit_entry (subject_id, id, at, content, sequence) "
        f"VALUES ({literal(subject)}, {literal(entry)}, {when}, {literal(content)}, {sequence})"
        for subject, entry, when, content, sequence in rows
    ]


def signed_again(town, where):
    """Statements that put checkpoints back. A note has several lines, so it comes in hexadecimal digits."""
    digits = "encode(convert_to(note, 'UTF8'), 'hex')" if town.database_url else "hex(note)"
    rows = town.rows(f"SELECT size, {digits}, at FROM audit_checkpoint WHERE {where}")
    return [
        f"INSERT INTO audit_checkpoint (size, note, at) VALUES ({size}, {literal(bytes.fromhex(note).decode())}, {when})"
        for size, note, when in rows
    ]


def swap(at):
    """Two neighbours change places."""
    return [
        f"UPDATE audit_entry SET sequence = 1000000000 WHERE sequence = {at}",
        f"UPDATE audit_entry SET sequence = {at} WHERE sequence = {at + 1}",
        f"UPDATE audit_entry SET sequence = {at + 1} WHERE sequence = 1000000000",
    ]
