"""A mailbox whose conversations nobody has found yet: its list does not make anybody wait."""

import pytest
from django.utils import timezone

from vaguemestre.clock import due
from vaguemestre.clock.models import Due
from vaguemestre.mailbox.imap.lists import conversation_pages
from vaguemestre.testing import letter
from vaguemestre.webmail.message_list import background_indexing
from vaguemestre.webmail.testing.browser import MailBrowser
from vaguemestre.webmail.testing.order import subjects
from vaguemestre.webmail.testing.pages import body

LIVE = {"HX-Request": "true", "HX-Target": "section#liste", "X-Background-Refresh": "1", "X-Etat": ""}


def test_shown_one_by_one_until_the_clock_has_found_them(desk: MailBrowser, monkeypatch: pytest.MonkeyPatch) -> None:
    first = letter(desk.mail.address, subject="Sortie")
    first["Message-ID"] = "<sortie@college.example>"
    desk.put(first)
    answer = letter(desk.mail.address, subject="Re: Sortie")
    answer["In-Reply-To"] = "<sortie@college.example>"
    desk.put(answer)
    desk.put(letter(desk.mail.address, subject="Autre"))
    with desk.session() as session:
        session.folders()  # as at a sign-in
    monkeypatch.setattr(conversation_pages, "MOST_AT_ONCE", 2)
    page = body(desk.get(desk.url()))
    assert subjects(page) == ["Autre", "Re: Sortie", "Sortie"]
    assert '{"encore":"1"' in page
    assert '{"encore":"2"' in body(desk.get(f"{desk.url()}?encore=1", **LIVE))
    assert '{"encore"' not in body(desk.get(f"{desk.url()}?encore=90", **LIVE))
    opened = body(desk.get(f"{desk.url()}2/"))
    assert "Re: Sortie" in opened
    assert due.run(timezone.now()) >= 1
    assert not Due.objects.filter(job=background_indexing.GO_ON.name).exists()
    page = body(desk.get(f"{desk.url()}?encore=2", **LIVE))
    assert subjects(page) == ["Autre", "Re: Sortie"]
    assert '{"encore"' not in page
