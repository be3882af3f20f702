"""Conversations of a shared mailbox that a member takes on, gives away, or marks done."""

import re
import time
from datetime import timedelta

import pytest
from django.db import connection as database
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django import DjangoCaptureOnCommitCallbacks

from vaguemestre.mailbox.values import FolderName, MailboxId, Uid
from vaguemestre.shared_mailboxes.models import ConversationEvent, MailboxRights
from vaguemestre.shared_mailboxes.testing import Box
from vaguemestre.testing import deliver_locally, letter
from vaguemestre.webmail import connection
from vaguemestre.webmail.testing.boxes import inbox, place
from vaguemestre.webmail.testing.browser import MailBrowser

OWNER, MEMBER, READER = MailboxRights
Kind = ConversationEvent.Kind


def page(desk: MailBrowser, url: str) -> str:
    answer = desk.get(url)
    assert answer.status_code == 200, url
    return answer.content.decode()


def listed(desk: MailBrowser, box: Box, word: str = "") -> list[str]:
    """Subjects of a list."""
    shown = page(desk, place(box, f"dossiers/{inbox(box)}/{f'?voir={word}' if word else ''}"))
    return re.findall(r'<span class="row-subject cut">([^<]*)</span>', shown)


def act(desk: MailBrowser, box: Box, tail: str, *uids: int, **more: object) -> None:
    url = place(box, f"dossiers/{inbox(box)}/{tail}")
    answer = desk.post(url, {"choix": list(uids), "ensemble": "1", **more})
    assert answer.status_code == 302, (url, answer.status_code)


def arrive(box: Box, subject: str, message_id: str, answers: str = "", sender: str = "anne@exemple.fr") -> None:
    """From outside, and in the inbox."""
    threading = {"In_Reply_To": answers, "References": answers} if answers else {}
    deliver_locally(letter(box.address, subject=subject, sender=sender, Message_ID=message_id, **threading), box.address)


def test_given_done_and_opened_again_by_the_next_letter(desk: MailBrowser, neighbour: MailBrowser, box: Box) -> None:
    box.give(neighbour.mail, MEMBER)
    arrive(box, "Gymnase", "<a@exemple.fr>")
    arrive(box, "Absence", "<b@exemple.fr>")
    assert listed(desk, box, "a-prendre") == ["Absence", "Gymnase"]
    act(desk, box, f"attribution/{neighbour.mail.key}/", 1)
    assert listed(desk, box, "a-prendre") == ["Absence"]
    assert listed(neighbour, box, "a-moi") == ["Gymnase"]
    assert listed(desk, box, "a-moi") == []
    assert "Confié à" in page(desk, place(box, f"dossiers/{inbox(box)}/1/"))
    act(neighbour, box, "traitement/", 1)
    assert listed(desk, box, "traites") == ["Gymnase"]
    assert listed(neighbour, box, "a-moi") == []
    time.sleep(1.1)  # the server tells seconds
    arrive(box, "Re: Gymnase", "<c@exemple.fr>", "<a@exemple.fr>")
    assert listed(desk, box, "traites") == []
    assert listed(desk, box, "a-prendre") == ["Re: Gymnase", "Absence"]
