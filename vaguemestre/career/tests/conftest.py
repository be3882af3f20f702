"""A person with a career, an officer of each kind, and browsers that are signed in to I-Prof."""

import json
import threading
from collections.abc import Iterator
from datetime import date
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django.fixtures import Settings

from vaguemestre.accounts.models import Account
from vaguemestre.career.models import GradeStep, Source
from vaguemestre.career.signin import provider, sessions
from vaguemestre.career.testing.offices import DESK, Enter, Issuer, Office, make_officer
from vaguemestre.people.models import Person
from vaguemestre.testing import make_accounts, make_person


@pytest.fixture
def office(db: None) -> Office:
    person = make_person()
    Person.objects.filter(pk=person.pk).update(corps="Certifié", grade="Classe normale", step=8, officer=DESK)
    person.refresh_from_db()
    for number, since in ((7, date(2023, 3, 1)), (8, date(2026, 3, 1))):
        GradeStep.objects.create(
            person=person, corps="Certifié", grade="Classe normale", step=number, since=since, seen_on=since,
            source=Source.FILE,
        )  # fmt: skip
    officers = [
        make_officer("Sylvie", "Caudron", "0809001Z", "rectorat", "80", DESK),
        make_officer("Rémi", "Picard", "0809002A", "dsden", "80", "Bureau 1D 80"),
        make_officer("Odile", "Vasseur", "0609003C", "dsden", "60", "Bureau 1D 60"),
    ]
    return Office(*make_accounts([person, *officers]))


@pytest.fixture
def enter(db: None, settings: Settings, tmp_path: Path) -> Enter:
    """A browser with a session of I-Prof, and none of the portal."""
    settings.CAREER = {**settings.CAREER, "files": tmp_path}

    def entered(account: Account) -> Client:
        client = Client()
        token = sessions.open_session(account, subject=f"sub-{account.key}", sid="", now=timezone.now())
        assert token
        client.cookies[sessions.COOKIE] = token
        return client

    return entered


@pytest.fixture
def issuer(settings: Settings) -> Iterator[Issuer]:
    made = Issuer()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = json.dumps(made.answer(self.path)).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    made.url = f"http://127.0.0.1:{server.server_address[1]}"
    settings.CAREER = {**settings.CAREER, "issuer": made.url, "ca": None}
    provider.known.forget()
    yield made
    server.shutdown()
    server.server_close()
    provider.known.forget()
