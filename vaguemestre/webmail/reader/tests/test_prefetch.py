"""The message before or after the open one, made ready: it costs little, does nothing, and says nothing."""

import re
import time
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from django.test import Client
from pytest_django import Settings

from vaguemestre.mailbox.sandbox.cleaner import worker_pool
from vaguemestre.mailbox.values import SEEN
from vaguemestre.testing import letter
from vaguemestre.webmail.models import ImageTrust, Outgoing, Preferences
from vaguemestre.webmail.testing.browser import MailBrowser, cleaning
from vaguemestre.webmail.testing.messages import html_letter
from vaguemestre.webmail.testing.pages import body
from vaguemestre.webmail.testing.receipts import arrived

NEIGHBOUR = re.compile(r'<a[^>]* data-ahead="avance/"')


@pytest.fixture
def cleaner(settings: Settings) -> Iterator[Path]:
    """One of the test's own: nothing that another test has begun is still to be done."""
    with cleaning() as path:
        settings.MAIL = {**settings.MAIL, "cleaner": path}
        yield path


@pytest.fixture
def jobs(monkeypatch: pytest.MonkeyPatch) -> list[bytes]:
    """What the cleaner's workers were given to do."""
    done: list[bytes] = []
    do = worker_pool.Worker.do

    def counted(worker: worker_pool.Worker, head: bytes, body: bytes) -> tuple[bytes, bytes]:
        done.append(body)
        return do(worker, head, body)

    monkeypatch.setattr(worker_pool.Worker, "do", counted)
    return done


def wait(jobs: list[bytes], count: int = 1) -> None:
    """Nobody waits for what was begun, but who wants to know whether it was."""
    deadline = time.monotonic() + 20
    while len(jobs) < count:
        assert time.monotonic() < deadline, "nothing was begun"
        time.sleep(0.01)


def test_it_is_cleaned_before_it_is_opened_and_stays_unread(
    desk: MailBrowser, cleaner: Path, jobs: list[bytes]
) -> None:
    uid = desk.put(html_letter("<p>Bonjour</p>"))
    response = desk.get(desk.url(tail=f"{uid}/avance/"))
    assert (response.status_code, response.content) == (204, b"")
    wait(jobs)
    assert SEEN not in desk.flags(uid)
    with desk.session() as session:
        assert [one.unseen for one in session.folders() if one.role == "inbox"] == [1]
    assert "<p>Bonjour</p>" in body(desk.get(desk.url(tail=f"{uid}/corps/")))
    assert len(jobs) == 1
    assert SEEN not in desk.flags(uid)
    desk.get(desk.url(tail=f"{uid}/"))
    assert SEEN in desk.flags(uid)


def test_what_it_costs(desk: MailBrowser, cleaner: Path, trips: list[int]) -> None:
    """What the message is made of, and its HTML. A text is not fetched: there is nothing to clean."""
    uids = [desk.put(html_letter("<p>Bonjour</p>")), desk.put(letter("x@ac-amiens.fr"))]
    urls = [desk.url(tail=f"{uid}/avance/") for uid in uids]
    desk.get(desk.url())
    trips.clear()
    for url in urls:
        desk.get(url)
    assert trips == [2, 1]


def test_a_page_begins_what_its_frame_asks_for(
    desk: MailBrowser, cleaner: Path, jobs: list[bytes], trips: list[int]
) -> None:
    """One trip more, the first time, and one less for the frame; none where the frame is asked for besides, or where
    there is a text alone."""
    uids = [desk.put(html_letter(f"<p>Bonjour {number}</p>"), flags=(SEEN,)) for number in range(2)]
    desk.get(desk.url())
    pages = [desk.url(tail=f"{uid}/") for uid in uids]
    trips.clear()
    desk.get(pages[0])
    wait(jobs)
    desk.get(pages[0])
    assert "Bonjour 0" in body(desk.get(f"{pages[0]}corps/"))
    assert trips == [3, 2, 1]
    desk.get(pages[1], **{"X-Press": "1"})
    desk.get(f"{pages[1]}?vue=texte")
    desk.get(desk.url(tail=f"{desk.put(html_letter('<p>Bonjour 2</p>'))}/"))  # begun after what those would have begun
    wait(jobs, 2)
    assert [b"Bonjour 1" in one for one in jobs] == [False, False]


def test_pictures_of_whom_one_trusts_are_begun_with(
    desk: MailBrowser, cleaner: Path, jobs: list[bytes], now: datetime
) -> None:
    ImageTrust.objects.create(account=desk.mail.account, sender="anne@librairie.example", since=now)
    uid = desk.put(html_letter('<p>Bonjour <img src="https://images.example/a"></p>'))
    desk.get(desk.url(tail=f"{uid}/"))
    wait(jobs)
    assert "/distantes/" in body(desk.get(desk.url(tail=f"{uid}/corps/")))
    assert len(jobs) == 1


def test_nobody_is_answered(desk: MailBrowser, neighbour: MailBrowser, now: datetime) -> None:
    """Also where receipts leave by themselves."""
    Preferences.objects.create(account=desk.mail.account, answers_receipts="always", changed_at=now)
    uid = arrived(desk, neighbour)
    desk.get(desk.url(tail=f"{uid}/avance/"))
    assert not Outgoing.objects.exists()
    assert not desk.flags(uid)


def test_what_is_gone_meanwhile_is_gone(desk: MailBrowser, cleaner: Path) -> None:
    uid = desk.put(html_letter("<p>Bonjour</p>"))
    desk.get(desk.url(tail=f"{uid}/avance/"))
    with desk.session() as session:
        session.delete(desk.id(), [uid])
    assert desk.get(desk.url(tail=f"{uid}/avance/")).status_code == 204
    assert desk.get(desk.url(tail=f"{uid}/corps/")).status_code == 404
    assert "Ce message n’est plus ici" in body(desk.get(desk.url(tail=f"{uid}/")))


def test_another_s_message_is_not_touched(
    desk: MailBrowser, neighbour: MailBrowser, cleaner: Path, jobs: list[bytes]
) -> None:
    uid = neighbour.put(html_letter("<p>Secret</p>"))
    response = desk.get(neighbour.url(tail=f"{uid}/avance/"))
    assert (response.status_code, response.content) == (204, b"")
    desk.get(
        desk.url(tail=f"{desk.put(html_letter('<p>A moi</p>'))}/avance/")
    )  # begun after what that would have begun
    wait(jobs)
    assert [b"Secret" in one for one in jobs] == [False]


def test_a_stranger_is_refused(desk: MailBrowser) -> None:
    uid = desk.put(letter("x@ac-amiens.fr"))
    assert Client().get(desk.url(tail=f"{uid}/avance/")).status_code == 302


def test_without_the_mailbox_or_the_cleaner_it_says_nothing(desk: MailBrowser, no_dovecot: object) -> None:
    uid = desk.put(html_letter("<p>Bonjour</p>"))
    url = desk.url(tail=f"{uid}/avance/")
    assert desk.get(url).status_code == 204
    assert callable(no_dovecot)
    no_dovecot()
    assert desk.get(url).status_code == 204


def test_the_page_names_its_neighbours(desk: MailBrowser) -> None:
    uids = [desk.put(letter(desk.mail.address, subject=f"N{number}")) for number in range(3)]
    html = body(desk.get(desk.url(tail=f"{uids[1]}/")))
    assert len(NEIGHBOUR.findall(html)) == 2
    assert len(NEIGHBOUR.findall(body(desk.get(desk.url(tail=f"{uids[2]}/"))))) == 1
