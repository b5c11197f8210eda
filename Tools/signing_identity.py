"""The platform's signing key and its self-signed certificate, in a folder of their own.

The key file is readable by its owner only (mode 0600). Processes that start together agree on one key: the folder is locked while
it is made, and a file gets its name only when it is complete.
"""

import datetime
import fcntl
import os
import secrets
import stat
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID

KEY_BITS = 3072
VALID_DAYS = 5 * 365


class IdentityError(Exception):
    """The key cannot be used as it lies there."""


def paths(folder):
    folder = Path(folder)
    return folder / "signing-key.pem", folder / "signing-certificate.pem"


def ensure(folder, name="Zamin"):
    """Makes the key and certificate if they are missing; answers their paths."""
    folder = Path(folder)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    key_path, certificate_path = paths(folder)
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        if not certificate_path.exists():
            # The key is written last but one and the certificate last: a certificate is never there without its key.
            key, certificate = make(name)
            write(key_path, key, 0o600)
            write(certificate_path, certificate, 0o644)
            os.fsync(handle)
    finally:
        os.close(handle)
    if not key_path.exists():
        raise IdentityError(f"{certificate_path} is there but {key_path} is missing: restore it from its copy")
    mode = stat.S_IMODE(key_path.stat().st_mode)
    if mode & 0o077:
        raise IdentityError(f"{key_path} has mode {mode:04o}, so others than its owner can reach it: chmod 600 {key_path}")
    return key_path, certificate_path


def make(name):
    """A fresh key and a certificate for signing documents, both PEM."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=KEY_BITS)
    subject = x509.Name([x509.NameAttribute(NameOID.COUNTRY_NAME, "IL"), x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.datetime.now(datetime.timezone.utc)
    public = key.public_key()
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(public)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(minutes=5))
        .not_valid_after(now + datetime.timedelta(days=VALID_DAYS))
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(
            x509.KeyUsage(
                digital_signature=True, content_commitment=True, key_encipherment=False, data_encipherment=False, key_agreement=False,
                key_cert_sign=False, crl_sign=False, encipher_only=False, decipher_only=False),
            critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
        .sign(key, hashes.SHA256())
    )
    key_pem = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    return key_pem, certificate.public_bytes(serialization.Encoding.PEM)


def write(path, content, mode):
    draft = path.with_name(f"{path.name}.{secrets.token_hex(6)}.new")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    try:
        with os.fdopen(handle, "wb") as file:
            os.fchmod(file.fileno(), mode)
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.rename(draft, path)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise
