"""Asks the population register through the gateway of this network namespace: prints a line with the case and the status for each question."""

import concurrent.futures
import sys

import requests

token, count, threads, first = sys.argv[1], *map(int, sys.argv[2:5])
session = requests.Session()
session.mount("http://", requests.adapters.HTTPAdapter(pool_maxsize=threads))


def ask(number):
    question = {
        "consumer": "municipality-haifa", "parameters": {"nationalNumber": "600000012"}, "purpose": "municipal-tax-discount",
        "basis": {"kind": "law", "reference": "arnona-regulations-1993"}, "case": f"case-{number}",
        "actor": {"kind": "person", "id": "somebody", "name": "x", "credential": 2, "proof": 2},
    }
    try:
        answer = session.post(
            "http://127.0.0.1:8092/outgoing/population.person", json=question, headers={"Authorization": f"Bearer {token}"}, timeout=20)
        if answer.status_code != 200:
            print(answer.text[:300], file=sys.stderr)
        # An answer is one only with its value.
        return number, answer.status_code if answer.status_code != 200 or answer.json().get("value") else 0
    except requests.RequestException:
        return number, 0


with concurrent.futures.ThreadPoolExecutor(threads) as pool:
    for number, status in pool.map(ask, range(first, first + count)):
        print(f"case-{number} {status}", flush=True)
