"""A smart card that others made: the key lives in a SoftHSM token and never leaves it, curl shows its certificate in a TLS handshake."""

import os
import re
import shutil
import subprocess
import tempfile
from pathlib import Path

import pytest
from citizen import Citizen, words
from town import Town

ROOT = Path(__file__).resolve().parents[2]
PIN = "123456"


def student(town):
    return town.personas()["student"]


@pytest.fixture(scope="module")
def folder():
    path = Path(tempfile.mkdtemp(prefix="zamin-cards-"))
    yield path
    shutil.rmtree(path, ignore_errors=True)


@pytest.fixture(scope="module")
def town(folder):
    town = Town(ZAMIN_CARDS=str(folder))
    subprocess.run([ROOT / "Tests/cards", "make", folder, student(town)["nationalNumber"]], check=True)
    try:
        yield town.start_all()
    finally:
        town.close()


@pytest.fixture(scope="module")
def token(folder, town):
    """A token with a key of its own and the certificate the authority gave for it; the environment in which it is found."""
    (folder / "tokens").mkdir()
    (folder / "softhsm2.conf").write_text(f"directories.tokendir = {folder}/tokens\nobjectstore.backend = file\nlog.level = ERROR\n")
    environment = {**os.environ, "SOFTHSM2_CONF": str(folder / "softhsm2.conf")}
    module = "/usr/lib/softhsm/libsofthsm2.so"
    key = f"pkcs11:token=card;object=key;type=private;pin-value={PIN}"

    def run(*arguments):
        subprocess.run(arguments, check=True, env=environment, capture_output=True, cwd=folder)

    run("softhsm2-util", "--init-token", "--free", "--label", "card", "--pin", PIN, "--so-pin", "12345678")
    run("pkcs11-tool", "--module", module, "--token-label", "card", "--login", "--pin", PIN, "--keypairgen", "--key-type", "EC:prime256v1", "--label", "key", "--id", "01")
    environment["PKCS11_MODULE_PATH"] = module
    number = student(town)["nationalNumber"]
    run("openssl", "req", "-new", "-engine", "pkcs11", "-keyform", "engine", "-key", key, "-subj", f"/C=IL/CN=Card/serialNumber=PNOIL-{number}", "-out", "token.csr")
    subprocess.run([ROOT / "Tests/cards", "sign", folder, folder / "token.csr", folder / "token.pem"], check=True)
    return environment, key


def begin(town):
    """Signed in, on the way to the reader; the browser and the reader's address."""
    citizen = Citizen(town.url)
    citizen.sign_in(town, student(town))
    citizen.request("GET", "/en/me/identity")
    away = citizen.post("/me/identity/card", {})
    assert away.status_code == 200, words(away)
    return citizen, away.headers["Refresh"].removeprefix("0; url=")


def curl(address, *arguments, environment=None):
    """Where the reader sends the browser."""
    done = subprocess.run(
        ["curl", "--silent", "--show-error", "--insecure", "--dump-header", "-", "--output", "/dev/null", *arguments, address],
        env=environment, capture_output=True, text=True, timeout=30,
    )
    assert done.returncode == 0, done.stderr
    return re.search(r"(?im)^location: (\S+)", done.stdout).group(1)


def test_a_card_is_refused_or_raises_the_proof(town, token, folder):
    citizen, address = begin(town)
    assert address.startswith(f"https://localhost:{town.port + 7}/en/card?round=")
    assert curl(address).endswith("/en/me/identity?card=none")
    for card, outcome in [("stranger", "untrusted"), ("expired", "expired"), ("revoked", "revoked"), ("other", "other"), ("mail", "untrusted")]:
        back = curl(address, "--cert", folder / f"{card}.pem", "--key", folder / f"{card}.key")
        assert back == f"{town.url}/en/me/identity?card={outcome}"
        assert citizen.request("GET", back.removeprefix(town.url)).status_code == 200
    environment, key = token
    back = curl(address, "--engine", "pkcs11", "--key-type", "ENG", "--key", key, "--cert", folder / "token.pem", environment=environment)
    assert back.startswith(f"{town.url}/en/me/identity/card?ticket=")
    stranger = Citizen(town.url).sign_in(town, town.personas()["pensioner"])
    assert stranger.request("GET", back.removeprefix(town.url)).headers["Location"].endswith("card=late")
    page = citizen.follow(citizen.request("GET", back.removeprefix(town.url)))
    assert "highest level" in page.text, words(page)
    assert curl(address, "--cert", folder / "good.pem", "--key", folder / "good.key").endswith("card=late")


def test_a_certificate_without_its_key_is_nothing(town, folder):
    """The certificate is public: who has only that does not get through the handshake."""
    _, address = begin(town)
    done = subprocess.run(
        ["curl", "--silent", "--insecure", "--cert", folder / "good.pem", "--key", folder / "other.key", address], capture_output=True, timeout=30
    )
    assert done.returncode != 0
