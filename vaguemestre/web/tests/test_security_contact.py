"""Whom to tell of a weakness, as RFC 9116 wants it read."""

from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.test import Client
from django.utils import timezone

from vaguemestre.academy.facts import academy
from vaguemestre.engine.projection.rows import ROUTED
from vaguemestre.web.views import security_contact

PATH = "/.well-known/security.txt"


def fields(text: str) -> dict[str, str]:
    return dict(line.split(": ", 1) for line in text.splitlines())


def test_it_names_a_mailbox_that_exists_and_a_day_within_the_year() -> None:
    answer = Client().get(PATH)  # no table: also when the database is away
    assert answer["Content-Type"] == "text/plain; charset=utf-8"
    said = fields(answer.content.decode())
    assert set(said) == {"Contact", "Expires", "Preferred-Languages", "Canonical"}
    name, _at, domain = said["Contact"].removeprefix("mailto:").partition("@")
    assert name in ROUTED
    assert domain == academy().domain
    assert said["Canonical"] == f"{settings.ORIGIN}{PATH}"
    expires = datetime.fromisoformat(said["Expires"])
    assert timedelta(days=30) < expires - timezone.now() < timedelta(days=365)


def test_its_day_moves_with_today() -> None:
    now = datetime(2026, 12, 2, 23, 59, tzinfo=UTC)
    assert fields(security_contact.contact_text(PATH, now))["Expires"] == "2027-03-02T00:00:00Z"
