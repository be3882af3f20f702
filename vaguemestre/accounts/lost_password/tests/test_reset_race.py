"""Two resets, or a reset and a sign-in, at the same moment: one password remains, and no session of the former."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, Event

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.utils import timezone

from vaguemestre.accounts.lost_password import reset_links
from vaguemestre.accounts.lost_password.testing import LINK_PAGE, links_mailed, make_forgetful
from vaguemestre.accounts.models import Account, FormerPassword, ResetLink, Session
from vaguemestre.accounts.passwords import passwords
from vaguemestre.accounts.testing import PASSWORD

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(not settings.DATA, reason="connections of their own need a database file: run bin/test"),
]
CHOICES = [f"Quatre-nuages-sur-la-baie-{number}" for number in range(2, 8)]


def test_two_resets_at_once_are_one() -> None:
    account = make_forgetful()
    link, together = _link(account), Barrier(len(CHOICES))

    def choose(raw: str) -> bool:
        try:
            together.wait(10)
            return reset_links.use_link(link, raw, with_programs=False, now=timezone.now())
        finally:
            connection.close()

    with ThreadPoolExecutor(len(CHOICES)) as pool:
        done = list(pool.map(choose, CHOICES))
    assert sum(done) == 1
    account.refresh_from_db()
    assert passwords.verify_password(account, CHOICES[done.index(True)])
    assert FormerPassword.objects.filter(account=account).count() == 1


def test_a_sign_in_that_was_verified_before_a_reset_opens_nothing_after_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """The attacker types the right old password; the reset comes between its verification and the session."""
    account = make_forgetful()
    link, verified, reset = _link(account), Event(), Event()
    verify = passwords.verify_password

    def slow(named: Account | None, raw: str) -> bool:
        good = verify(named, raw)
        verified.set()
        assert reset.wait(20)
        return good

    def sign_in() -> Client:
        try:
            thief = Client()
            thief.post("/session/", {"identifiant": account.identifier, "secret": PASSWORD})
            return thief
        finally:
            connection.close()

    with monkeypatch.context() as between, ThreadPoolExecutor(1) as pool:
        between.setattr(passwords, "verify_password", slow)
        thief = pool.submit(sign_in)
        assert verified.wait(20)
        assert reset_links.use_link(link, CHOICES[0], with_programs=False, now=timezone.now())
        reset.set()
        browser = thief.result(30)
    assert not Session.objects.filter(account=account).exists()
    assert browser.get("/portail/").status_code == 302


def test_a_form_open_in_two_windows_is_sent_once() -> None:
    account = make_forgetful()
    reset_links.send_link(account, now=timezone.now())
    address = links_mailed()[-1][1].removeprefix(settings.ORIGIN)
    together = Barrier(2)

    def send(raw: str) -> int:
        try:
            window = Client()
            window.get(address)
            together.wait(10)
            return int(window.post(LINK_PAGE, {"neuf": raw, "encore": raw}).status_code)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(send, CHOICES[:2])) == [302, 410]


def _link(account: Account) -> ResetLink:
    reset_links.send_link(account, now=timezone.now())
    found = reset_links.read_link(links_mailed()[-1][1].rpartition("=")[2], now=timezone.now())
    assert found is not None
    return found
