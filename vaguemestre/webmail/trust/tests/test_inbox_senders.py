"""Whoever wrote to somebody is proposed while they write, after those that they wrote to and after colleagues."""

import re
import socket
import time
from collections.abc import Callable
from dataclasses import replace
from html import unescape
from pathlib import Path

import pytest
from django.utils import timezone

from vaguemestre.contacts import collected_addresses
from vaguemestre.directory import index
from vaguemestre.mailbox.messages import Address
from vaguemestre.testing import letter
from vaguemestre.webmail import connection
from vaguemestre.webmail.testing.browser import MailBrowser
from vaguemestre.webmail.testing.pages import body


def proposed(desk: MailBrowser, typed: str) -> list[str]:
    html = body(desk.get(f"/annuaire/suggestions/?q={typed}"))
    return [unescape(value) for value in re.findall(r'data-value="([^"]*)"', html)]


def wrote(desk: MailBrowser, sender: str, role: str = "inbox") -> None:
    desk.put(letter(desk.mail.address, sender=sender), role)


def test_who_wrote_is_proposed_by_any_word_of_theirs(
    desk: MailBrowser, neighbour: MailBrowser, trips: list[int]
) -> None:
    wrote(desk, "Paule Évrard <paule@mairie.example>")
    desk.get("/webmail/")
    trips.clear()
    for typed in ("evrard", "paul evr", "paule@mairie.example", "mairie"):
        assert proposed(desk, typed) == ['"Paule Évrard" <paule@mairie.example>']
    assert trips == [1] * 4  # the newest messages of the inbox, whatever is typed
    assert proposed(neighbour, "evrard") == []


def test_in_their_order(desk: MailBrowser, neighbour: MailBrowser) -> None:
    """The first is taken by Enter: never a stranger who bears the name of a colleague."""
    index.rebuild(today=timezone.localdate())
    for sender in ("Karim Belkacem <k@voisin.example>", "k@mairie.example", "k@mairie.example", "k@trois.example"):
        wrote(desk, sender)
    collected_addresses.collect_addresses(desk.mail.account, [Address("Karima", "k@ecrit.example")], timezone.now())
    written, borrowed = '"Karima" <k@ecrit.example>', '"Karim Belkacem" <k@voisin.example>'
    assert [one for one in proposed(desk, "k") if "example" in one] == [written, "k@mairie.example", "k@trois.example"]
    assert proposed(desk, "karim bel") == [f'"Karim Belkacem" <{neighbour.mail.address}>', borrowed]


def test_a_colleague_who_wrote_has_the_name_of_the_directory(desk: MailBrowser, neighbour: MailBrowser) -> None:
    index.rebuild(today=timezone.localdate())
    wrote(desk, f"Le grand chef <{neighbour.mail.address}>")
    assert proposed(desk, "chef") == [f'"Karim Belkacem" <{neighbour.mail.address}>']


@pytest.mark.parametrize(
    "sender",
    [
        "Rectorat <x@evil.example>", '"chef@ac-amiens.fr" <x@evil.example>', "x@ac-amlens.fr",
        "Lettre x <no-reply@x.example>", "Lettre x <ne-pas-repondre@x.example>", "x <notifications@x.example>",
    ],
)  # fmt: skip
def test_neither_impostors_nor_machines(desk: MailBrowser, sender: str) -> None:
    wrote(desk, sender)
    wrote(desk, "Vraie <vrai@x.example>")
    assert proposed(desk, "x") == ['"Vraie" <vrai@x.example>']


def test_junk_and_oneself_are_nobody(desk: MailBrowser) -> None:
    wrote(desk, "Piégeur <p@x.example>", "junk")
    wrote(desk, f"Moi <{desk.mail.address}>")
    assert proposed(desk, "pieg") == proposed(desk, "moi") == []


def test_nobody_waits_for_a_mailbox(desk: MailBrowser, no_dovecot: Callable[[], None]) -> None:
    collected_addresses.collect_addresses(desk.mail.account, [Address("Karima", "k@ecrit.example")], timezone.now())
    no_dovecot()
    assert proposed(desk, "karima") == ['"Karima" <k@ecrit.example>']


def test_nor_for_one_that_is_silent(
    desk: MailBrowser, no_dovecot: Callable[[], None], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    collected_addresses.collect_addresses(desk.mail.account, [Address("Karima", "k@ecrit.example")], timezone.now())
    with socket.socket(socket.AF_UNIX) as silent:
        silent.bind(str(tmp_path / "s"))
        silent.listen(8)
        deaf = replace(connection.reading_endpoint(), socket=tmp_path / "s", silence_timeout=120)
        monkeypatch.setattr(connection, "reading_endpoint", lambda: deaf)
        no_dovecot()
        started = time.monotonic()
        assert proposed(desk, "karima") == ['"Karima" <k@ecrit.example>']
    assert time.monotonic() - started < 100  # a page would have waited longer
