#!/usr/bin/env python3
"""Makes an official paper: HTML in, signed PDF out.

Standard input is one JSON object: `html`, `keyFolder`, `signer` (who signs, shown by readers), `reason`. Standard output is the PDF:
tagged for screen readers (PDF/UA-1), in the language of its `<html lang>`, signed PAdES B-B (ETSI EN 319 142-1) and certified so that
no later change is allowed. Nothing the HTML refers to is ever fetched. Exit status 2 means that another try would end the same way.
"""

import io
import json
import logging
import sys

import signing_identity
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import fields, signers
from weasyprint import HTML
from weasyprint.urls import FatalURLFetchingError, URLFetcher

INPUT_LIMIT = 4 * 1024 * 1024


class Refused(Exception):
    """What was sent is not something a paper can be made of."""


class FetchesNothing(URLFetcher):
    """A paper stands by itself: an address in it is an error, not something to look up."""

    def fetch(self, url, headers=None):
        raise FatalURLFetchingError(f"a paper may not refer to {url[:100]}")


def order(raw):
    if len(raw) > INPUT_LIMIT:
        raise Refused("the order is too long")
    try:
        value = json.loads(raw)
    except ValueError as error:
        raise Refused(f"the order is not JSON: {error}") from error
    for name in ("html", "keyFolder", "signer", "reason"):
        if not isinstance(value.get(name) if isinstance(value, dict) else None, str):
            raise Refused(f"the order has no {name}")
    return value


def render(html):
    try:
        return HTML(string=html, url_fetcher=FetchesNothing()).write_pdf(pdf_variant="pdf/ua-1")
    except FatalURLFetchingError as error:
        raise Refused(str(error)) from error


def sign(pdf, key_folder, signer_name, reason):
    key_path, certificate_path = signing_identity.ensure(key_folder)
    signer = signers.SimpleSigner.load(str(key_path), str(certificate_path))
    if signer is None:
        raise signing_identity.IdentityError(f"{key_path} and {certificate_path} are no key and certificate")
    metadata = signers.PdfSignatureMetadata(
        field_name="Signature", md_algorithm="sha256", subfilter=fields.SigSeedSubFilter.PADES, name=signer_name, reason=reason,
        certify=True, docmdp_permissions=fields.MDPPerm.NO_CHANGES)
    output = io.BytesIO()
    signers.PdfSigner(metadata, signer).sign_pdf(IncrementalPdfFileWriter(io.BytesIO(pdf)), output=output)
    return output.getvalue()


def main():
    logging.disable(logging.CRITICAL)
    try:
        wanted = order(sys.stdin.buffer.read(INPUT_LIMIT + 1))
        pdf = sign(render(wanted["html"]), wanted["keyFolder"], wanted["signer"], wanted["reason"])
    except Refused as error:
        print(error, file=sys.stderr)
        return 2
    except (signing_identity.IdentityError, OSError) as error:
        print(error, file=sys.stderr)
        return 1
    sys.stdout.buffer.write(pdf)
    sys.stdout.buffer.flush()
    return 0


if __name__ == "__main__":
    sys.exit(main())
