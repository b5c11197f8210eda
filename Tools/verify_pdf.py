#!/usr/bin/env python3
"""Checks the signature of a PDF against the platform's certificate.

    verify_pdf.py --keys FOLDER < document.pdf

Prints one JSON object: `{"valid": true, "signedAt": seconds since 1970}`, or `{"valid": false, "reason": …}` with one of `not-a-pdf`,
`not-signed`, `altered`, `other-signer`. Exit status 0 either way; another status means that it could not be found out.
"""

import argparse
import io
import json
import logging
import sys

import signing_identity
from asn1crypto import pem, x509
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.diff_analysis import ModificationLevel
from pyhanko.sign.general import SigningError
from pyhanko.sign.validation import SignatureCoverageLevel, validate_pdf_signature
from pyhanko.sign.validation.errors import SignatureValidationError
from pyhanko_certvalidator import ValidationContext

INPUT_LIMIT = 16 * 1024 * 1024


def check(pdf, certificate):
    if b"%PDF-" not in pdf[:1024]:
        return no("not-a-pdf")
    try:
        signatures = PdfFileReader(io.BytesIO(pdf)).embedded_regular_signatures
        if not signatures:
            return no("not-signed")
        signature = signatures[0]
        if signature.signer_cert.dump() != certificate.dump():
            return no("other-signer")
        status = validate_pdf_signature(signature, signer_validation_context=trusting(certificate, signature))
    except (PdfError, SignatureValidationError, SigningError):
        return no("altered")
    except Exception:  # A reader that stumbles over a hand-made file raises whatever it likes; none of it is a valid document.
        return no("altered")
    whole = len(signatures) == 1 and status.coverage == SignatureCoverageLevel.ENTIRE_FILE
    if not (whole and status.intact and status.valid and status.trusted) or status.modification_level not in (None, ModificationLevel.NONE):
        return no("altered")
    signed_at = signature.self_reported_timestamp
    return {"valid": True, "signedAt": int(signed_at.timestamp()) if signed_at else None}


def trusting(certificate, signature):
    """The one certificate is trusted, as of the time it signed: papers outlive certificates."""
    moment = signature.self_reported_timestamp
    return ValidationContext(trust_roots=[certificate], allow_fetching=False, moment=moment, best_signature_time=moment)


def no(reason):
    return {"valid": False, "reason": reason}


def load(folder):
    content = signing_identity.paths(folder)[1].read_bytes()
    return x509.Certificate.load(pem.unarmor(content)[2])


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--keys", required=True, help="the folder with the platform's certificate")
    options = parser.parse_args()
    logging.disable(logging.CRITICAL)
    try:
        certificate = load(options.keys)
    except (OSError, ValueError) as error:
        print(error, file=sys.stderr)
        return 1
    pdf = sys.stdin.buffer.read(INPUT_LIMIT + 1)
    print(json.dumps(no("not-a-pdf") if len(pdf) > INPUT_LIMIT else check(pdf, certificate)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
