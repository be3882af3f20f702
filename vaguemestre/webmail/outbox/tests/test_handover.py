"""What somebody had written in the name of a shared mailbox, when they may write there no longer: it is the owners'."""

import html
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from pytest_django import DjangoCaptureOnCommitCallbacks

from vaguemestre.accounts.models import Notice
from vaguemestre.accounts.notices.notices import notice_text
from vaguemestre.courier.models import Parcel
from vaguemestre.mailbox.smtp import submission
from vaguemestre.mailbox.values import MailboxId
from vaguemestre.shared_mailboxes import periods
from vaguemestre.shared_mailboxes.models import MailboxRights, Membership
from vaguemestre.shared_mailboxes.periods import Ending
from vaguemestre.shared_mailboxes.testing import Box, make_box
from vaguemestre.testing import deliver, letter, wait_for_mail
from vaguemestre.webmail import connection
from vaguemestre.webmail.models import Outgoing, Preferences, new_key
from vaguemestre.webmail.models.filter import Filter
from vaguemestre.webmail.outbox import delivery
from vaguemestre.webmail.rules import redirection, sieve_sync
from vaguemestre.webmail.rules.filters import rule
from vaguemestre.webmail.rules.filters.rule import Condition, ConditionField, Operator, Rule
from vaguemestre.webmail.testing.boxes import inbox, place
from vaguemestre.webmail.testing.browser import MailBrowser
from vaguemestre.webmail.testing.pages import body

OWNER, MEMBER, READER = MailboxRights
SAID = "Karim Belkacem a écrit ce message et n’écrit plus pour cette boîte"


@pytest.fixture
def box(desk: MailBrowser, neighbour: MailBrowser) -> Box:
    """The desk's, where the neighbour writes too."""
    Preferences.objects.create(account=neighbour.mail.account, undo_seconds=20, changed_at=timezone.now())
    made = make_box()
    made.give(desk.mail, OWNER)
    made.give(neighbour.mail, MEMBER)
    return made


def write(writer: MailBrowser, box: Box, tail: str = "", **more: object) -> str:
    key = new_key()
    typed: dict[str, object] = {
        "a": "parent@dehors.example", "objet": "Absence de Léa", "texte": "Bonjour.", "fenetre": "w1", "revision": "0",
        **more,
    }  # fmt: skip
    assert writer.post(place(box, f"ecrire/{key}/{tail}"), typed).status_code < 400
    return key


def plan(writer: MailBrowser, box: Box) -> str:
    tomorrow = (timezone.now() + timedelta(days=1)).replace(second=0, microsecond=0)
    return write(writer, box, "programmation/", depart=tomorrow.isoformat())


def send(writer: MailBrowser, box: Box) -> str:
    return write(writer, box, "envoi/", malgre="boite")


def keep(writer: MailBrowser, box: Box) -> str:
    return write(writer, box)


def waiting(desk: MailBrowser, box: Box) -> str:
    return html.unescape(body(desk.get(place(box, "en-attente/"))))


@pytest.mark.parametrize("begin", [plan, send, keep], ids=["planned", "within its seconds", "a draft"])
@pytest.mark.parametrize("remaining", [None, READER])
def test_it_waits_for_the_owners_with_the_name_of_who_wrote_it(
    desk: MailBrowser, neighbour: MailBrowser, box: Box, begin: Callable[[MailBrowser, Box], str],
    remaining: MailboxRights | None,
) -> None:  # fmt: skip
    key = begin(neighbour, box)
    assert Outgoing.objects.get(key=key).author == neighbour.mail.account
    assert SAID not in waiting(desk, box)
    box.give(neighbour.mail, remaining) if remaining else box.take(neighbour.mail)
    row = Outgoing.objects.get(key=key)
    assert (row.state, row.leaves_at) == ("draft", None)
    assert SAID in waiting(desk, box)
    [notice] = Notice.objects.filter(kind=Notice.Kind.SHARED_MAILBOX)
    assert notice.account == desk.mail.account
    assert "1 message qui n’est pas parti vous y attend" in notice_text(notice)
    opened = html.unescape(body(desk.get(place(box, f"ecrire/{key}/"))))
    assert SAID in opened
    assert "vous aviez" not in opened
    desk.post(place(box, f"ecrire/{key}/"), {"a": "", "objet": "Absence", "texte": "Relu.", "fenetre": "w2",
                                             "revision": str(row.revision)})  # fmt: skip
    assert SAID not in waiting(desk, box)
    assert Outgoing.objects.get(key=key).author == desk.mail.account


def test_what_others_wrote_there_and_what_she_wrote_elsewhere_stays_as_it_is(
    desk: MailBrowser, neighbour: MailBrowser, box: Box
) -> None:
    other = make_box(name="Collège du Parc")
    other.give(neighbour.mail, MEMBER)
    mine, there = plan(desk, box), plan(neighbour, other)
    own = new_key()
    neighbour.write(own, "", a="x@dehors.example")
    box.take(neighbour.mail)
    states = {one.key: one.state for one in Outgoing.objects.all()}
    assert states == {mine: "queued", there: "queued", own: "draft"}
    assert not Notice.objects.filter(kind=Notice.Kind.SHARED_MAILBOX).exists()


def test_it_is_told_rightly_when_the_mail_server_was_quicker(
    desk: MailBrowser, neighbour: MailBrowser, box: Box, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Refused while it was on its way: no misspelt address, and no queue of a reader's own."""
    key, submit = send(neighbour, box), submission.submit_message
    Outgoing.objects.filter(key=key).update(leaves_at=None)

    def take_away_and_submit(*arguments: Any) -> str:
        box.take(neighbour.mail)
        return submit(*arguments)

    monkeypatch.setattr(submission, "submit_message", take_away_and_submit)
    delivery.deliver(key, timezone.now())
    assert SAID in waiting(desk, box)
    told = Parcel.objects.get(subject="Un message d’une boîte partagée vous attend")
    assert told.to == desk.mail.address


def test_her_redirections_and_filters_end_and_mail_stays_in_the_box(
    desk: MailBrowser, neighbour: MailBrowser, box: Box,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:  # fmt: skip
    now = timezone.now()
    redirection.save_redirection(
        box.account, neighbour.mail.account.local_part.replace(".", "").upper() + "@ac-amiens.fr", keep_copy=True,
        by=desk.mail.key, now=now,
    )  # fmt: skip
    about = Condition(ConditionField.SUBJECT, Operator.CONTAINS, "cantine")
    alone = Rule("Cantine", any_of=False, conditions=(about,), forwards=neighbour.mail.address)
    flagged = Rule("Cantine aussi", any_of=False, conditions=(about,), forwards=neighbour.mail.address, stars=True)
    for position, one in enumerate((alone, flagged)):
        Filter.objects.create(account=box.account, position=position, rule=rule.rule_data(one), changed_at=now)
    sieve_sync.apply_later(box.key, now)
    with django_capture_on_commit_callbacks(execute=True):
        ending = Ending(box.period_of(neighbour.mail), Membership.End.TAKEN_AWAY)
        periods.end([ending], by=desk.mail.key, now=timezone.now())
    assert redirection.find_redirection(box.account) is None
    kept = [(one.rule["on"], one.rule["forwards"]) for one in Filter.objects.filter(account=box.key)]
    assert kept == [(False, neighbour.mail.address), (True, "")]
    deliver(letter(box.address, subject="La cantine"), box.address)
    with connection.open_mailbox_of(box.key) as session:
        while not session.page(MailboxId(inbox(box))).rows:
            pass
    deliver(letter(neighbour.mail.address, subject="Après"), neighbour.mail.address)
    assert not any(b"La cantine" in one for one in wait_for_mail(neighbour.mail))
    [notice] = Notice.objects.filter(kind=Notice.Kind.SHARED_MAILBOX)
    assert "n’est plus transféré à son adresse" in notice_text(notice)
