#!/usr/bin/env python3
"""Makes the key and certificate that official documents are signed with, unless they are there already; prints the certificate's path.

    make_signing_certificate.py FOLDER [--name NAME]
"""

import argparse
import sys

import signing_identity


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", help="where the key (mode 0600) and the certificate lie")
    parser.add_argument("--name", default="Zamin", help="the common name in the certificate")
    options = parser.parse_args()
    try:
        print(signing_identity.ensure(options.folder, options.name)[1])
    except (signing_identity.IdentityError, OSError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
