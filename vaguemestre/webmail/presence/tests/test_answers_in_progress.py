"""Who answers in a shared mailbox, as its other members see it."""

import os
import re
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection as database
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django.fixtures import Settings

from vaguemestre.accounts.models import Account
from vaguemestre.shared_mailboxes.models import MailboxRights
from vaguemestre.shared_mailboxes.testing import Box
from vaguemestre.testing import deliver_locally, letter
from vaguemestre.webmail import connection
from vaguemestre.webmail.models import Outgoing
from vaguemestre.webmail.presence.answers_in_progress import ALIVE, SILENCE
from vaguemestre.webmail.testing.boxes import inbox, place
from vaguemestre.webmail.testing.browser import MailBrowser
from vaguemestre.webmail.testing.pages import body
from vaguemestre.webmail.testing.presence import Answer

SHOWN = re.compile(r'<div class="reply answering" data-answers="\w+"( hidden)?>')


@pytest.fixture
def writing(neighbour: MailBrowser, box: Box) -> Answer:
    """The neighbour has written for ten seconds."""
    answer = Answer(neighbour, box)
    answer.post()
    assert answer.beat() == 204
    return answer


def page(desk: MailBrowser, box: Box, uid: int = 1) -> str:
    return body(desk.get(place(box, f"dossiers/{inbox(box)}/{uid}/")))


def foot(desk: MailBrowser, box: Box) -> str:
    answer = desk.get(place(box, f"dossiers/{inbox(box)}/1/presence/"))
    assert answer.status_code == 200
    return body(answer)


def keepalive_file(settings: Settings, answer: Answer) -> Path:
    return Path(settings.MAIL["presence"]) / answer.box.key / answer.key


def test_the_others_read_who_answers_and_since_when(
    desk: MailBrowser, box: Box, writing: Answer, settings: Settings
) -> None:
    shown = page(desk, box)
    found = SHOWN.search(shown)
    assert found
    assert not found[1]
    assert "Mme Belkacem répond" in shown
    assert "Écrire quand même" in shown
    assert "depuis" not in shown[found.start() : found.start() + 500]
    path = keepalive_file(settings, writing)
    path.write_text(f"{writing.browser.mail.key} {(timezone.now() - timedelta(seconds=130)).isoformat()}")
    assert "Mme Belkacem répond depuis 2\u00a0min" in re.sub(r"\s*\n\s*", " ", foot(desk, box))


def test_not_who_writes_it_and_not_in_another_conversation(desk: MailBrowser, box: Box, writing: Answer) -> None:
    assert not SHOWN.search(page(writing.browser, box))
    deliver_locally(letter(box.address, subject="Cantine"), box.address)
    found = SHOWN.search(page(desk, box, 2))
    assert found
    assert found[1]


def test_each_conversation_that_is_answered_may_be_answered_all_the_same(
    desk: MailBrowser, box: Box, writing: Answer
) -> None:
    deliver_locally(letter(box.address, subject="Cantine"), box.address)
    later = Answer(writing.browser, box, 2)
    later.post()
    later.beat()
    for uid in (1, 2):
        [line] = re.findall(r'answering" data-answers="\w+"><.*?</div>', page(desk, box, uid), re.DOTALL)
        assert "Écrire quand même" in line


def test_it_is_gone_when_the_page_says_so_or_says_nothing_more(
    desk: MailBrowser, box: Box, writing: Answer, settings: Settings
) -> None:
    path = keepalive_file(settings, writing)
    ago = (timezone.now() - ALIVE).timestamp()
    os.utime(path, (ago, ago))
    assert not SHOWN.search(foot(desk, box))
    assert not path.exists()
    writing.beat()
    assert SHOWN.search(foot(desk, box))
    assert writing.beat(fin="1") == 204
    assert not SHOWN.search(foot(desk, box))


def test_it_is_gone_after_two_minutes_of_silence_whatever_the_page_says(
    desk: MailBrowser, box: Box, writing: Answer
) -> None:
    Outgoing.objects.filter(pk=writing.key).update(changed_at=timezone.now() - SILENCE)
    writing.beat()
    assert not SHOWN.search(foot(desk, box))


@pytest.mark.parametrize("tail", ["envoi/", "abandon/"])
def test_it_is_gone_with_the_draft(desk: MailBrowser, box: Box, writing: Answer, tail: str) -> None:
    writing.post(tail)
    assert not SHOWN.search(foot(desk, box))


def test_the_mailbox_is_shown_it_wherever_the_message_lies_now(desk: MailBrowser, box: Box, writing: Answer) -> None:
    folder = inbox(box)
    desk.post(place(box, f"dossiers/{folder}/archivage/"), {"choix": "1"})
    with connection.open_mailbox_of(box.key) as session:
        there = session.by_role("archive")
    assert there
    found = SHOWN.search(body(desk.get(place(box, f"dossiers/{there.id}/1/"))))
    assert found
    assert not found[1]


def test_whose_right_ended_a_second_ago_sees_and_causes_nothing(
    desk: MailBrowser, neighbour: MailBrowser, box: Box, writing: Answer
) -> None:
    box.take(neighbour.mail)
    assert not SHOWN.search(foot(desk, box))
    assert writing.beat() == 404
    assert writing.beat(fin="1") == 404
    url = place(box, f"dossiers/{inbox(box)}/1/presence/")
    assert neighbour.get(url).status_code == 404
    assert neighbour.get(url.replace(box.account.local_part, "ce.9999999z")).status_code == 404


def test_nor_does_who_only_reads_or_is_locked(
    desk: MailBrowser, neighbour: MailBrowser, box: Box, writing: Answer
) -> None:
    """Acts that a reader's pages do not offer are refused."""
    Account.objects.filter(pk=neighbour.mail.key).update(mail_blocked_until=timezone.now() + timedelta(hours=1))
    assert not SHOWN.search(foot(desk, box))
    Account.objects.filter(pk=neighbour.mail.key).update(mail_blocked_until=None)
    assert SHOWN.search(foot(desk, box))
    box.period_of(desk.mail)
    type(box.period_of(desk.mail)).objects.filter(member=desk.mail.key).update(right=MailboxRights.READER)
    shown = page(desk, box)
    assert not SHOWN.search(shown)
    assert "/presence/" not in shown
    assert desk.get(place(box, f"dossiers/{inbox(box)}/1/presence/")).status_code == 403
    assert desk.post(place(box, f"ecrire/{writing.key}/presence/"), {"fin": "1"}).status_code == 403


def test_no_one_begins_or_ends_the_presence_of_another(
    desk: MailBrowser, box: Box, writing: Answer, settings: Settings
) -> None:
    hers = place(box, f"ecrire/{writing.key}/presence/")
    desk.post(hers, {"fin": "1"})
    assert SHOWN.search(foot(desk, box))
    keepalive_file(settings, writing).unlink()
    desk.post(hers)
    assert not SHOWN.search(foot(desk, box))


def test_of_one_s_own_mailbox_there_is_none(desk: MailBrowser) -> None:
    desk.put(letter(desk.mail.address))
    assert desk.get(desk.url(tail="1/presence/")).status_code == 404
    assert desk.post(f"/webmail/ecrire/{'0' * 32}/presence/").status_code == 404
    assert "/presence/" not in body(desk.get(desk.url(tail="1/")))


def test_keepalives_are_sent_by_an_answer_alone(desk: MailBrowser, neighbour: MailBrowser, box: Box) -> None:
    assert 'data-behaviour="writing-signal"' in Answer(neighbour, box).page
    for tail in ("ecrire/", f"dossiers/{inbox(box)}/1/transfert/"):
        assert "writing-signal" not in body(desk.get(place(box, tail)))


def test_as_long_as_nobody_writes_it_costs_no_query_and_no_exchange(
    desk: MailBrowser, neighbour: MailBrowser, box: Box, trips: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Against a page that does not look at all."""

    def cost(url: str) -> tuple[int, int]:
        for _warming in range(2):
            desk.get(url)
        trips.clear()
        with CaptureQueriesContext(database) as queries:
            desk.get(url)
        return len(queries), sum(trips)

    message = place(box, f"dossiers/{inbox(box)}/1/")
    looking, asking = cost(message), cost(f"{message}presence/")
    nobody = "vaguemestre.webmail.screens.panes.page.answers_in_progress"
    with monkeypatch.context() as patched:
        patched.setattr(nobody, lambda *_arguments: [])
        assert looking == cost(message)
    assert asking[1] == 0
    answer = Answer(neighbour, box)
    answer.post()
    assert cost(message) == looking  # a draft in which no one is writing
    answer.beat()
    somebody = cost(message)
    assert somebody[1] == looking[1]
    assert somebody[0] <= looking[0] + 2
