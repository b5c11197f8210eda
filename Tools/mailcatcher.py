#!/usr/bin/env python3
"""The mail catcher of the demo: takes every e-mail by SMTP, sends none on, and shows them on a page.

    mailcatcher.py --smtp-port 8085 --http-port 8086 [--host 127.0.0.1] [--until-input-ends]

The page: `/` lists the last 500 messages, newest first; `/messages/7` is one of them. For tests: `GET /api/messages` (all, newest first,
or with `?to=address` those of one recipient) and `DELETE /api/messages`. Port 0 takes a free one; the line `ready smtp=… http=…` on
standard output says which, once both listen.

Two recipients behave as bad ones do, at any domain: `permanent-failure@…` is refused with 550, `temporary-failure@…` with 451.
"""

import argparse
import collections
import email
import email.policy
import email.utils
import html
import http.server
import json
import signal
import socket
import sys
import threading
import urllib.parse
from datetime import datetime, timezone

from aiosmtpd.controller import Controller

KEPT = 500
SIZE_LIMIT = 16 * 1024 * 1024
REFUSALS = {
    "permanent-failure": "550 5.1.1 No such mailbox here",
    "temporary-failure": "451 4.3.0 Mailbox busy, try again later",
}


class Mail:
    """One caught message, decoded."""

    def __init__(self, number, sender, recipients, content):
        self.number = number
        self.sender = sender
        self.recipients = recipients
        self.received = datetime.now(timezone.utc)
        message = email.message_from_bytes(content, policy=email.policy.default)
        self.headers = [(name, str(value)) for name, value in message.items()]
        self.subject = str(message.get("Subject", ""))
        self.sent_by = str(message.get("From", sender))
        self.text = body(message, "plain")
        self.html = body(message, "html")

    def json(self):
        return {
            "id": self.number, "from": self.sender, "to": self.recipients, "received": self.received.isoformat(), "subject": self.subject,
            "headers": [{"name": name, "value": value} for name, value in self.headers], "text": self.text, "html": self.html,
        }


def body(message, kind):
    """The text of the part that is meant to be read, or None; undecodable bytes show as the replacement character."""
    part = message.get_body(preferencelist=(kind,))
    if part is None:
        return None
    try:
        return part.get_content()
    except (LookupError, UnicodeError, KeyError):
        return (part.get_payload(decode=True) or b"").decode("utf-8", "replace")


class Mailbox:
    """The last messages, in memory, shared by the thread that takes and those that show."""

    def __init__(self):
        self.lock = threading.Lock()
        self.mails = collections.deque(maxlen=KEPT)
        self.count = 0

    def add(self, sender, recipients, content):
        with self.lock:
            self.count += 1
            self.mails.appendleft(Mail(self.count, sender, recipients, content))

    def all(self):
        with self.lock:
            return list(self.mails)

    def find(self, number):
        return next((mail for mail in self.all() if mail.number == number), None)

    def clear(self):
        with self.lock:
            self.mails.clear()


class Catcher:
    """What aiosmtpd calls."""

    def __init__(self, mailbox):
        self.mailbox = mailbox

    async def handle_RCPT(self, server, session, envelope, address, rcpt_options):
        refusal = REFUSALS.get(address.partition("@")[0].lower())
        if refusal:
            return refusal
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        self.mailbox.add(envelope.mail_from, list(envelope.rcpt_tos), envelope.content)
        return "250 OK"


STYLE = """
body { font: 1rem/1.5 system-ui, "Noto Sans Hebrew", "Noto Sans", sans-serif; margin: 0; color: #12292b; background: #fff }
header, main { max-width: 60rem; margin-inline: auto; padding: 1rem }
header { border-block-end: 3px solid #08363a }
h1 { font-size: 1.4rem; margin: 0 }
a { color: #0b5a61 }
ol { list-style: none; padding: 0 }
li { padding-block: .75rem; border-block-end: 1px solid #cbd8d8 }
.soft { color: #4a5f61; font-size: .9rem }
.text { white-space: pre-wrap; overflow-wrap: anywhere; padding: 1rem; background: #f2f6f6; unicode-bidi: plaintext; text-align: start }
iframe { inline-size: 100%; block-size: 30rem; border: 1px solid #cbd8d8; background: #fff }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .25rem 1rem }
dt { font-weight: 600 } dd { margin: 0; overflow-wrap: anywhere }
"""


def page(title, content):
    return f"""<!DOCTYPE html>
<html lang="en" dir="ltr">
<head>
<meta charset="utf-8">
<title>{html.escape(title)} – Mail catcher</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<style>{STYLE}</style>
</head>
<body>
<header><h1><bdi>{html.escape(title)}</bdi></h1></header>
<main>
{content}
</main>
</body>
</html>
"""


def show_time(moment):
    return f'<time datetime="{moment.isoformat()}">{moment.strftime("%Y-%m-%d %H:%M:%S UTC")}</time>'


def list_page(mails):
    if not mails:
        return page("Messages", "<p>No message yet. Whatever the platform sends by e-mail appears here.</p>")
    rows = "\n".join(
        f'<li><a href="/messages/{mail.number}"><bdi>{html.escape(mail.subject or "(no subject)")}</bdi></a>'
        f'<br><span class="soft"><bdi>{html.escape(mail.sent_by)}</bdi> → '
        f'<bdi dir="ltr">{html.escape(", ".join(mail.recipients))}</bdi> · {show_time(mail.received)}</span></li>'
        for mail in mails)
    return page("Messages", f'<p class="soft">Nothing here was sent on. Newest first.</p>\n<ol>\n{rows}\n</ol>')


def mail_page(mail):
    headers = "".join(
        f"<dt>{html.escape(name)}</dt><dd><bdi>{html.escape(value)}</bdi></dd>" for name, value in mail.headers)
    parts = ['<p><a href="/">All messages</a></p>']
    if mail.text is not None:
        parts.append(f'<h2>Text</h2>\n<div class="text" dir="auto">{html.escape(mail.text)}</div>')
    if mail.html is not None:
        parts.append(f'<h2>HTML</h2>\n<iframe sandbox title="The message as HTML" src="/messages/{mail.number}/html"></iframe>')
    parts.append(f"<h2>Headers</h2>\n<dl>{headers}</dl>")
    return page(mail.subject or "(no subject)", "\n".join(parts))


class Pages(http.server.BaseHTTPRequestHandler):
    """The web page, and what tests ask."""

    mailbox = None
    protocol_version = "HTTP/1.1"
    own_policy = "default-src 'none'; style-src 'unsafe-inline'; frame-src 'self'; base-uri 'none'; form-action 'none'"
    # A message is somebody else's HTML: no script, no fetching, no forms, an origin of its own.
    mail_policy = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox; frame-ancestors 'self'"

    def do_GET(self):
        url = urllib.parse.urlsplit(self.path)
        steps = [step for step in url.path.split("/") if step]
        if not steps:
            return self.answer(200, list_page(self.mailbox.all()))
        if steps == ["api", "messages"]:
            wanted = urllib.parse.parse_qs(url.query).get("to", [None])[0]
            mails = [mail for mail in self.mailbox.all() if wanted is None or wanted in mail.recipients]
            return self.answer_json(200, [mail.json() for mail in mails])
        if steps[0] == "messages" and len(steps) in (2, 3) and steps[1].isascii() and steps[1].isdigit() and len(steps[1]) < 19:
            mail = self.mailbox.find(int(steps[1]))
            if mail and len(steps) == 2:
                return self.answer(200, mail_page(mail))
            if mail and steps[2:] == ["html"] and mail.html is not None:
                return self.answer(200, mail.html, policy=self.mail_policy)
        nothing = '<p>There is no such message. It may have been cleared. <a href="/">All messages</a></p>'
        return self.answer(404, page("Not found", nothing))

    def do_DELETE(self):
        if urllib.parse.urlsplit(self.path).path != "/api/messages":
            return self.answer(404, page("Not found", '<p><a href="/">All messages</a></p>'))
        self.mailbox.clear()
        self.send_response(204)
        self.end_headers()
        return None

    def answer(self, status, text, policy=None):
        self.write(status, "text/html; charset=utf-8", text.encode("utf-8", "replace"), policy or self.own_policy)

    def answer_json(self, status, value):
        self.write(status, "application/json", json.dumps(value, ensure_ascii=False).encode("utf-8", "replace"), "default-src 'none'")

    def write(self, status, kind, content, policy):
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(content)))
        self.send_header("Content-Security-Policy", policy)
        self.send_header("X-Content-Type-Options", "nosniff")
        self.send_header("Referrer-Policy", "no-referrer")
        self.send_header("Cache-Control", "no-store")
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format, *arguments):
        """Silent: the supervisor's log is for the platform."""


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--smtp-port", type=int, required=True)
    parser.add_argument("--http-port", type=int, required=True)
    parser.add_argument("--until-input-ends", action="store_true", help="stop when whoever started this is gone")
    options = parser.parse_args()
    mailbox = Mailbox()
    pages = http.server.ThreadingHTTPServer((options.host, options.http_port), type("TheirPages", (Pages,), {"mailbox": mailbox}))
    pages.daemon_threads = True
    # aiosmtpd tries its own port before it says that it is ready, which cannot be done with port 0: a free one is looked up first.
    smtp_port = options.smtp_port or free_port(options.host)
    controller = Controller(
        Catcher(mailbox), hostname=options.host, port=smtp_port, data_size_limit=SIZE_LIMIT, enable_SMTPUTF8=True, ident="mail catcher")
    controller.start()
    print(f"ready smtp={smtp_port} http={pages.server_port}", flush=True)
    # Whoever starts this may do so from a thread that takes no signals, and that would be inherited.
    signal.pthread_sigmask(signal.SIG_UNBLOCK, (signal.SIGINT, signal.SIGTERM))
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: threading.Thread(target=pages.shutdown).start())
    if options.until_input_ends:
        threading.Thread(target=lambda: (sys.stdin.buffer.read(), pages.shutdown()), daemon=True).start()
    try:
        pages.serve_forever()
    finally:
        controller.stop()
        pages.server_close()
    return 0


def free_port(host):
    with socket.socket() as probe:
        probe.bind((host, 0))
        return probe.getsockname()[1]


if __name__ == "__main__":
    sys.exit(main())
