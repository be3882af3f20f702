"""Back-channel logout, by the letter of the standard: what ends sessions, and what ends none."""

import base64
import hmac
import time
import uuid
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from joserfc.jwk import RSAKey
from pytest_django.fixtures import Settings

from vaguemestre.accounts.models import Account
from vaguemestre.career.models import CareerSession
from vaguemestre.career.signin import provider, sessions
from vaguemestre.career.signin.backchannel_logout import EVENT
from vaguemestre.career.testing.offices import Issuer, Office

ABSENT = object()


def claims(issuer: Issuer, **changed: Any) -> dict[str, Any]:
    now = int(time.time())
    said = {
        "iss": issuer.url, "aud": "iprof", "iat": now, "exp": now + 120, "jti": uuid.uuid4().hex, "sub": "s-1",
        "sid": "sid-1", "events": {EVENT: {}},
    } | changed  # fmt: skip
    return {name: value for name, value in said.items() if value is not ABSENT}


def opened(account: Account, subject: str = "s-1", sid: str = "sid-1") -> str | None:
    return sessions.open_session(account, subject=subject, sid=sid, now=timezone.now())


def signed_with_the_public_key(issuer: Issuer, body: str) -> str:
    """As a library that mixes up its algorithms would take it: the key that everybody knows, used as a secret."""
    header = base64.urlsafe_b64encode(b'{"alg":"HS256","kid":"one"}').rstrip(b"=").decode()
    mac = hmac.digest(issuer.keys[0].as_pem(private=False), f"{header}.{body}".encode(), "sha256")
    return f"{header}.{body}.{base64.urlsafe_b64encode(mac).rstrip(b'=').decode()}"


def tell(token: str) -> HttpResponse:
    """As a program does: no cookie, no anti-forgery word."""
    answer = Client(enforce_csrf_checks=True).post(reverse("career:told-to-end"), {"logout_token": token})
    assert isinstance(answer, HttpResponse)
    assert answer.headers["Cache-Control"] == "no-store"
    return answer


def test_it_ends_the_session_that_it_names_and_no_other(office: Office, issuer: Issuer) -> None:
    opened(office.teacher)
    opened(office.teacher, sid="sid-2")
    opened(office.somme, subject="s-2", sid="sid-3")
    assert tell(issuer.sign(claims(issuer))).status_code == 200
    assert set(CareerSession.objects.values_list("sid", flat=True)) == {"sid-2", "sid-3"}


def test_by_the_subject_alone_every_session_of_the_person_ends(office: Office, issuer: Issuer) -> None:
    opened(office.teacher)
    opened(office.teacher, sid="sid-2")
    opened(office.somme, subject="s-2", sid="sid-3")
    assert tell(issuer.sign(claims(issuer, sid=ABSENT))).status_code == 200
    assert list(CareerSession.objects.values_list("sid", flat=True)) == ["sid-3"]


@pytest.mark.parametrize(
    "changed",
    [
        {"iss": "https://ailleurs.example"}, {"iss": ABSENT}, {"aud": "essai"}, {"aud": ABSENT}, {"events": ABSENT},
        {"events": {}}, {"events": {EVENT: True}}, {"events": [EVENT]}, {"nonce": "n"}, {"sub": ABSENT, "sid": ABSENT},
        {"sub": "", "sid": ""}, {"jti": ABSENT}, {"jti": ""}, {"jti": 7}, {"jti": "x" * 256}, {"iat": ABSENT},
        {"exp": ABSENT},
        {"exp": 1_700_000_000}, {"iat": 1_700_000_000}, {"iat": 4_000_000_000, "exp": 4_000_000_100},
    ],
    ids=str,
)  # fmt: skip
def test_whatever_is_not_by_the_letter_ends_nothing(office: Office, issuer: Issuer, changed: dict[str, Any]) -> None:
    opened(office.teacher)
    assert tell(issuer.sign(claims(issuer, **changed))).status_code == 400
    assert CareerSession.objects.count() == 1


def test_another_key_no_signature_or_a_shared_secret_ends_nothing(office: Office, issuer: Issuer) -> None:
    opened(office.teacher)
    stranger = RSAKey.generate_key(2048, {"kid": "one"})
    whole = issuer.sign(claims(issuer))
    header, body, _signature = whole.split(".")
    unsigned = f"eyJhbGciOiJub25lIn0.{body}."
    confused = signed_with_the_public_key(issuer, body)
    for token in (issuer.sign(claims(issuer), key=stranger), unsigned, confused, f"{header}.{body}.", "x", "", "a.b.c"):
        assert tell(token).status_code == 400
    assert CareerSession.objects.count() == 1


def test_a_token_serves_once(office: Office, issuer: Issuer) -> None:
    token = issuer.sign(claims(issuer, sid=ABSENT))
    assert tell(token).status_code == 200
    opened(office.teacher, sid="later")
    assert tell(token).status_code == 400
    assert CareerSession.objects.count() == 1


def test_a_sign_in_that_ends_after_its_own_end_was_told_opens_nothing(office: Office, issuer: Issuer) -> None:
    assert tell(issuer.sign(claims(issuer))).status_code == 200
    assert opened(office.teacher) is None
    assert CareerSession.objects.count() == 0


def test_a_key_newer_than_what_is_kept_is_fetched(
    office: Office, issuer: Issuer, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened(office.teacher)
    tell(issuer.sign(claims(issuer, sid="nobody", sub=ABSENT)))
    issuer.keys = [RSAKey.generate_key(2048, {"kid": "two"})]
    assert tell(issuer.sign(claims(issuer))).status_code == 400  # asked a moment ago: not again at once
    monkeypatch.setattr(provider, "SOONEST", 0)
    assert tell(issuer.sign(claims(issuer))).status_code == 200
    assert CareerSession.objects.count() == 0


def test_without_the_provider_it_is_to_be_sent_again(office: Office, issuer: Issuer, settings: Settings) -> None:
    token = issuer.sign(claims(issuer))
    opened(office.teacher)
    settings.CAREER = {**settings.CAREER, "issuer": "http://127.0.0.1:9"}
    assert tell(token).status_code == 503
    settings.CAREER = {**settings.CAREER, "issuer": issuer.url}
    assert tell(token).status_code == 200
