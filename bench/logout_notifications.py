"""From the press on "Se déconnecter" to the last application told, while one of them is down.

    python -m bench.logout_notifications [DATA] [--applications 10] [--rounds 20]

DATA is the folder of a running demo; without it one is started and thrown away, and the first round is the first
sign-out of its life. Each round is a browser that signs in, opens every application by its authorisation request and
signs out, over HTTPS. The applications listen in this process, over TLS, with a clock in common with the browser; the
last of them takes the connection and says nothing, the worst way to be down. They are unregistered at the end.
"""

import argparse
import base64
import hashlib
import json
import os
import secrets
import ssl
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from socket import create_server
from statistics import median, quantiles
from threading import Event, Thread
from typing import Any
from urllib.parse import urlencode

from bench.list import demo_at
from bench.sso import _signed_in as signed_in

PATIENCE = 20


@dataclass
class Ear:
    """One application: when it was told."""

    at: float = 0
    heard: Event = field(default_factory=Event)


@dataclass
class Round:
    answered: float  # the page after signing out
    first: float
    last: float


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", nargs="?", type=Path)
    parser.add_argument("--applications", type=int, default=10)
    parser.add_argument("--rounds", type=int, default=20)
    options = parser.parse_args()
    with demo_at(options.data) as data:
        os.environ.update(VAGUEMESTRE_DATA=str(data), DJANGO_SETTINGS_MODULE="vaguemestre.settings")
        import django

        django.setup()
        _report(_measure(data, options.applications, options.rounds), options.applications)
    return 0


def _measure(data: Path, count: int, rounds: int) -> list[Round]:
    endpoints = json.loads((data / "endpoints.json").read_text())
    person = next(account for account in endpoints["accounts"] if account["role"] == "teacher")
    with ExitStack() as stack:
        ears = [Ear() for _number in range(count - 1)]
        told = [stack.enter_context(_listening(data / "tls", ear)) for ear in ears]
        clients = stack.enter_context(_registered([*told, stack.enter_context(_silent())]))
        return [_round(endpoints, person, clients, ears) for _round_number in range(rounds)]


def _round(endpoints: dict[str, Any], person: dict[str, str], clients: list[str], ears: list[Ear]) -> Round:
    for ear in ears:
        ear.heard.clear()
    browser, web = signed_in(endpoints, person), endpoints["web"]
    for client in clients:
        opened = browser.get(f"{web}/sso/authorize/?{_question(client)}", allow_redirects=False)
        assert "code=" in opened.headers["Location"], opened.status_code
    page = browser.get(f"{web}/portail/").text
    token = page.split('name="csrfmiddlewaretoken" value="')[1].split('"')[0]
    begun = time.perf_counter()
    browser.post(f"{web}/session/fin/", {"csrfmiddlewaretoken": token}, headers={"Referer": web})
    answered = time.perf_counter()
    for ear in ears:
        assert ear.heard.wait(PATIENCE), "an application was not told"
    times = [ear.at - begun for ear in ears]
    return Round(answered - begun, min(times), max(times))


def _question(client: str) -> str:
    challenge = base64.urlsafe_b64encode(hashlib.sha256(secrets.token_bytes(32)).digest()).rstrip(b"=").decode()
    return urlencode(
        {
            "response_type": "code", "client_id": client, "redirect_uri": _back(client), "scope": "openid",
            "state": "x", "nonce": "y", "code_challenge": challenge, "code_challenge_method": "S256",
        }
    )  # fmt: skip


def _back(client: str) -> str:
    return f"https://{client}.example/retour"


@contextmanager
def _registered(told: list[str]) -> Iterator[list[str]]:
    from vaguemestre.sso.models import Application
    from vaguemestre.sso.testing import make_application

    names = [f"mesure-{number}" for number in range(len(told))]
    Application.objects.filter(client_id__in=names).delete()  # of a measurement that was stopped
    for name, address in zip(names, told, strict=True):
        make_application(
            name, slug=name, client_id=name, redirect_uris=_back(name), own=True, backchannel_logout_uri=address
        )
    try:
        yield names
    finally:
        Application.objects.filter(client_id__in=names).delete()


@contextmanager
def _listening(tls: Path, ear: Ear) -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            ear.at = time.perf_counter()
            ear.heard.set()
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_words: object) -> None:
            return

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tls / "server.pem", tls / "server.key")
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
        Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield f"https://127.0.0.1:{server.server_address[1]}/fin"
        finally:
            server.shutdown()


@contextmanager
def _silent() -> Iterator[str]:
    with create_server(("127.0.0.1", 0)) as server:
        yield f"https://127.0.0.1:{server.getsockname()[1]}/fin"


def _report(rounds: list[Round], count: int) -> None:
    print(f"{count} applications, one of them down; the first round, then {len(rounds) - 1} more")
    for name in ("answered", "first", "last"):
        first, *others = [getattr(one, name) * 1000 for one in rounds]
        words = {"answered": "page after the press", "first": "first told", "last": "last told"}[name]
        spread = f"median {median(others):6.0f} ms, 95 % {quantiles(others, n=20)[-1]:6.0f} ms" if others[1:] else ""
        print(f"{words:22} {first:6.0f} ms; {spread}")


if __name__ == "__main__":
    raise SystemExit(main())
