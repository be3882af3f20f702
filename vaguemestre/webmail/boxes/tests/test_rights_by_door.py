"""A right ends by every door: sequences of acts, then each door of `rights_by_door.toml` against the real servers."""

import contextlib
import imaplib
import json
import re
import smtplib
import tomllib
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest
from django.core import signing
from django.utils import timezone
from pytest_django import DjangoCaptureOnCommitCallbacks

from vaguemestre import shared_mailboxes
from vaguemestre.accounts.compromise.account_shutdown import ShutdownIncompleteError, shut_account_down
from vaguemestre.accounts.lifecycle import closure, lock
from vaguemestre.accounts.models import Account
from vaguemestre.accounts.ports import heard_boxes
from vaguemestre.accounts.projection import announce_change
from vaguemestre.accounts.testing import sign_in
from vaguemestre.engine import projection
from vaguemestre.engine.testing.sign_in import wait_until_ended
from vaguemestre.exports import archive_contents
from vaguemestre.exports.models import Export
from vaguemestre.mailbox.errors import MailboxError
from vaguemestre.mailbox.sieve.managesieve import open_script_server
from vaguemestre.mailbox.values import FLAGGED, MailboxId
from vaguemestre.people.models import Posting, Snapshot
from vaguemestre.shared_mailboxes import conversation_events, members, periods, posts, purge
from vaguemestre.shared_mailboxes.conversation_events import Kind, NamedConversation
from vaguemestre.shared_mailboxes.models import ConversationEvent, InternalNote, MailboxRights, SharedMailbox
from vaguemestre.shared_mailboxes.service_mailboxes import close_service, reopen_service
from vaguemestre.shared_mailboxes.testing import Box, make_box
from vaguemestre.testing import (
    PASSWORD,
    MailAccount,
    deliver_locally,
    imap_connection,
    letter,
    make_mail_account,
    make_school,
    submission,
)
from vaguemestre.webmail import connection
from vaguemestre.webmail.models import Outgoing, new_key
from vaguemestre.webmail.models.filter import Filter
from vaguemestre.webmail.notes import note_form
from vaguemestre.webmail.outbox import delivery
from vaguemestre.webmail.rules import redirection, sieve_sync
from vaguemestre.webmail.rules.filters import rule
from vaguemestre.webmail.rules.filters.rule import Condition, ConditionField, Operator, Rule
from vaguemestre.webmail.testing.boxes import inbox, place
from vaguemestre.webmail.testing.browser import MailBrowser
from vaguemestre.webmail.testing.pages import body

OWNER, MEMBER, READER = MailboxRights
TABLE = Path(shared_mailboxes.__file__).parent / "rights_by_door.toml"
DOORS: dict[str, list[str]] = tomllib.loads(TABLE.read_text("utf-8"))["doors"]
FILED = "À classer"
GIVEN = "<given@exemple.fr>"
HERE, ELSEWHERE = "0809901C", "0029903D"


@dataclass
class Story:
    """A secretary (`desk`) and what happens to her right in the box of her school, which its head owns."""

    desk: MailBrowser
    box: Box
    head: MailAccount
    committing: DjangoCaptureOnCommitCallbacks
    began: dict[str, str] = field(default_factory=dict)  # what she left behind while she could write
    handed_over: bool = False  # since then she could not, for some time

    def do(self, act: str) -> None:
        with self.committing(execute=True):
            ACTS[act](self)
        projection.project([self.box.key, self.desk.mail.key])

    def let_in(self, right: MailboxRights, days: int = 30) -> None:
        """`days`: since when."""
        now = timezone.now()
        members.let_in(self.row, self.member, right, None, by=self.head.key, now=now)
        self.age(days)

    def age(self, days: int) -> None:
        began = timezone.localdate() - timedelta(days=days)
        periods.current().filter(box=self.box.key, member=self.desk.mail.key).update(starts=began)

    def post(self, **facts: object) -> None:
        Posting.objects.filter(person=self.member.person).update(**facts)
        posts.follow_posts(timezone.now())

    def account(self, **facts: object) -> None:
        Account.objects.filter(pk=self.desk.mail.key).update(**facts)
        announce_change([self.member])

    def remove(self) -> None:
        found = periods.current().select_related(*periods.WITH_ACCOUNTS).get(box=self.box.key, member=self.member)
        members.remove_member(found, by=self.head.account, now=timezone.now())

    def undo_import(self) -> None:
        """Of the feed that has moved her."""
        now = timezone.now()
        Snapshot.objects.create(
            number=1, dated=now.date(), applied_at=now - timedelta(minutes=1), digest="", lines=0, counts={},
            undone_at=now,
        )  # fmt: skip
        self.post(school=make_school(HERE))

    def take_post(self, function: str) -> None:
        self.post(function=function)
        self.age(30)

    def pass_last_day(self) -> None:
        theirs = periods.current().filter(box=self.box.key, member=self.desk.mail.key)
        theirs.update(ends=timezone.localdate() - timedelta(days=1))
        posts.follow_posts(timezone.now())

    def leave_duty(self) -> None:
        closure.close_accounts([self.member], on=timezone.localdate(), now=timezone.now())
        posts.follow_posts(timezone.now())

    def keep_on(self) -> None:
        closure.rollback_departure([self.member], closes_on=None, now=timezone.now(), by="test")
        posts.follow_posts(timezone.now())

    def declare_stolen(self) -> None:
        with contextlib.suppress(ShutdownIncompleteError):  # the daemons are told after this transaction
            shut_account_down(self.member, by="a1", office="", reason="volé", now=timezone.now())

    @property
    def member(self) -> Account:
        return Account.objects.select_related("person").get(pk=self.desk.mail.key)

    @property
    def row(self) -> SharedMailbox:
        return SharedMailbox.objects.select_related("account").get(pk=self.box.key)

    def leave_things_behind(self) -> None:
        """Somebody who may write: a message planned, a message filed, a conversation given, mail sent on to herself."""
        now, key = timezone.now(), new_key()
        planned: dict[str, object] = {
            "a": self.head.address, "objet": "Conseil de classe", "texte": "Bonjour.", "fenetre": "w1",
            "revision": "0", "depart": (now + timedelta(days=1)).replace(second=0, microsecond=0).isoformat(),
        }  # fmt: skip
        assert self.desk.post(place(self.box, f"ecrire/{key}/programmation/"), planned).status_code == 302
        deliver_locally(letter(self.box.address, subject=FILED), self.box.address)
        folder = inbox(self.box)
        done = self.desk.post(place(self.box, f"dossiers/{folder}/archivage/"), {"choix": "1"})
        undo = re.search(r'name="fait" value="([^"]+)"', body(self.desk.get(done["Location"])))
        assert undo
        redirection.save_redirection(
            self.box.account, self.desk.mail.address, keep_copy=True, by=self.head.key, now=now
        )
        subject = Condition(ConditionField.SUBJECT, Operator.CONTAINS, "cantine")
        forward = Rule("Cantine", any_of=False, conditions=(subject,), forwards=self.desk.mail.address)
        Filter.objects.create(account=self.box.account, position=1, rule=rule.rule_data(forward), changed_at=now)
        sieve_sync.apply_later(self.box.key, now)
        conversation_events.record(
            self.box.account, Kind.GIVEN, [NamedConversation((GIVEN,), now)], to=self.member, by=self.head.account,
            now=now,
        )  # fmt: skip
        self.began = {"planned": key, "undo": undo[1]}


ACTS: dict[str, Callable[[Story], object]] = {
    "let in as owner": lambda story: story.let_in(OWNER),
    "let in as member": lambda story: story.let_in(MEMBER),
    "let in as reader": lambda story: story.let_in(READER),
    "let in yesterday": lambda story: story.let_in(MEMBER, 1),
    "becomes deputy": lambda story: story.take_post("ADJ"),
    "becomes head": lambda story: story.take_post("DIR"),
    "teaches": lambda story: story.post(function="ENS"),
    "moves": lambda story: story.post(school=make_school(ELSEWHERE)),
    "comes back": lambda story: story.post(school=make_school(HERE)),
    "the feed is undone": Story.undo_import,
    "is taken away": Story.remove,
    "her last day is over": Story.pass_last_day,
    "leaves duty": Story.leave_duty,
    "is kept on": Story.keep_on,
    "is locked": lambda story: lock.lock(story.member, by="a1", reason="perdu", now=timezone.now()),
    "is unlocked": lambda story: lock.unlock(story.member, by="a1", reason="retrouvé"),
    "is blocked for 48 h": lambda story: story.account(mail_blocked_until=timezone.now() + timedelta(hours=48)),
    "48 h are over": lambda story: story.account(mail_blocked_until=timezone.now() - timedelta(seconds=1)),
    "is declared stolen": Story.declare_stolen,
    "owes a first sign-in": lambda story: story.account(password_kind=Account.PasswordKind.TEMPORARY),
    "is purged": lambda story: purge.purge(story.desk.mail.key, timezone.now()),
    "the box closes": lambda story: close_service(story.row, now=timezone.now(), by="test"),
    "the box opens again": lambda story: reopen_service(story.row, now=timezone.now(), by="test"),
}
SEQUENCES = {
    "let in as owner": OWNER,
    "let in as member": MEMBER,
    "let in as reader": READER,
    "becomes deputy": MEMBER,
    "becomes head": OWNER,
    "let in as member, is taken away": None,
    "let in as owner, is taken away": None,
    "let in as reader, is taken away": None,
    "let in as member, is taken away, let in as reader": READER,
    "let in as member, let in as reader": READER,
    "let in as owner, let in as member": MEMBER,
    "let in as member, moves": READER,
    "let in as owner, moves": READER,
    "let in yesterday, moves": None,
    "let in as member, moves, is taken away": None,
    "let in as member, moves, her last day is over": None,
    "let in as member, moves, comes back": READER,
    "let in as member, moves, comes back, let in as member": MEMBER,
    "let in as member, moves, the feed is undone": MEMBER,
    "let in as member, moves, is taken away, the feed is undone": None,
    "becomes deputy, moves, the feed is undone": MEMBER,
    "becomes deputy, teaches": READER,
    "becomes head, moves": READER,
    "becomes head, becomes deputy": MEMBER,
    "let in as member, becomes deputy, teaches, is taken away": None,
    "let in as member, her last day is over": None,
    "let in as member, leaves duty": None,
    "let in as member, leaves duty, is kept on": None,
    "becomes deputy, leaves duty, is kept on": MEMBER,
    "let in as member, is locked": None,
    "let in as member, is locked, is unlocked": MEMBER,
    "let in as member, is blocked for 48 h": None,
    "let in as member, is blocked for 48 h, 48 h are over": MEMBER,
    "let in as owner, is declared stolen": None,
    "let in as member, owes a first sign-in": None,
    "let in as member, is purged": None,
}
SERVICES = {"let in as member, the box closes": None, "let in as member, the box closes, the box opens again": MEMBER}


def opens(story: Story, tail: str = "") -> bool:
    return story.desk.get(place(story.box, tail)).status_code == 200


def imap(story: Story, act: Callable[[imaplib.IMAP4], object]) -> bool:
    try:
        opened = story.box.opened_by(story.desk.mail)
        return act(opened) is True
    except imaplib.IMAP4.error:
        return False


def imap_by_password(story: Story) -> bool:
    try:
        imap_connection(story.desk.mail, name=story.box.address, password=PASSWORD)
    except imaplib.IMAP4.error:
        return False
    return True


def files_a_message(story: Story) -> bool:
    deliver_locally(letter(story.box.address), story.box.address)
    folder = inbox(story.box)
    with connection.open_mailbox_of(story.box.key) as session:
        [uid, *_older] = [row.uid for row in session.page(MailboxId(folder)).rows]
        story.desk.post(place(story.box, f"dossiers/{folder}/suivi/"), {"choix": str(uid)})
        return FLAGGED in session.message(MailboxId(folder), uid).row.flags


def notes(story: Story, tail: str) -> bool:
    """Whether this is noted of a new message, as her act."""
    name = f"<{new_key()}@exemple.fr>"
    deliver_locally(letter(story.box.address, Message_ID=name), story.box.address)
    folder = inbox(story.box)
    with connection.open_mailbox_of(story.box.key) as session:
        uid = max(row.uid for row in session.page(MailboxId(folder)).rows)
    story.desk.post(place(story.box, f"dossiers/{folder}/{tail}"), {"choix": str(uid)})
    return ConversationEvent.objects.filter(box=story.box.key, newest=name, by=story.desk.mail.key).exists()


def leaves_a_note(story: Story) -> bool:
    about, text = signing.dumps([story.box.key, new_key(), GIVEN], salt=note_form.SALT), new_key()
    story.desk.post(place(story.box, f"dossiers/{inbox(story.box)}/1/note/"), {"a-propos": about, "texte": text})
    return InternalNote.objects.filter(box=story.box.key, text=text).exists()


def writes(story: Story) -> bool:
    answer = story.desk.post(place(story.box, f"ecrire/{new_key()}/"), {"a": "", "objet": "x", "texte": "x"})
    return answer.status_code in {200, 302} and Outgoing.objects.filter(account=story.box.key, subject="x").exists()


def undoes(story: Story) -> bool:
    story.desk.post(place(story.box, "annulation/"), {"fait": story.began["undo"]})
    with connection.open_mailbox_of(story.box.key) as session:
        return FILED in {row.subject for row in session.page(MailboxId(inbox(story.box))).rows}


def sends(story: Story) -> bool:
    try:
        with submission(story.desk.mail) as opened:
            message = letter(story.box.address, sender=f"Collège <{story.box.address}>")
            opened.sendmail(story.box.address, [story.box.address], message.as_bytes())
    except smtplib.SMTPException:
        return False
    return True


def changes_filters(story: Story) -> bool:
    try:
        with open_script_server(connection.scripts_endpoint(), story.box.key, story.desk.mail.token) as server:
            server.scripts()
    except MailboxError:
        return False
    return True


def planned_leaves(story: Story) -> bool:
    """Its hour comes; until then it may have been handed over."""
    now, key = timezone.now(), story.began["planned"]
    Outgoing.objects.filter(key=key).update(leaves_at=now - timedelta(minutes=1))
    with contextlib.suppress(MailboxError):
        delivery.deliver(key, now)
    return Outgoing.objects.get(key=key).state in {Outgoing.State.DONE, Outgoing.State.SUBMITTED}


def script_of(story: Story) -> str:
    with connection.open_scripts(story.box.key) as server:
        return sieve_sync.fetch_active_script(server)[1]


def has_what_was_given(story: Story) -> bool:
    """A closed box keeps it for the day on which it opens again."""
    theirs = ConversationEvent.objects.filter(box=story.box.key, oldest=GIVEN, member=story.desk.mail.key, current=True)
    return right_of(story) is not None and theirs.exists()


def exports_it(story: Story) -> bool:
    now = timezone.now()
    files = archive_contents.archive_files(story.member, Export(account=story.member, ordered_at=now), now)
    return FILED in json.dumps(files, ensure_ascii=False)


TRIED: dict[str, Callable[[Story], bool]] = {
    "web: a list, a message": opens,
    "web: filing a message": files_a_message,
    "web: giving a conversation to somebody": lambda story: notes(story, f"attribution/{story.desk.mail.key}/"),
    "web: marking a conversation done": lambda story: notes(story, "traitement/"),
    "web: telling that one answers": lambda story: (
        story.desk.post(place(story.box, f"ecrire/{new_key()}/presence/")).status_code == 204
    ),
    "web: leaving an internal note": leaves_a_note,
    "web: writing a letter": writes,
    "web: the box in the From menu of one's own letters": lambda story: (
        f'<option value="{story.box.address}"' in body(story.desk.get("/webmail/ecrire/"))
    ),
    "web: signature, absence, filters": lambda story: all(
        opens(story, f"reglages/{tail}/") for tail in ("signature", "absence", "filtres")
    ),
    "web: its members": lambda story: opens(story, "membres/"),
    "web: undoing what one has done": undoes,
    "IMAP: reading, with a token": lambda story: imap(story, lambda opened: opened.select("INBOX")[0] == "OK"),
    "IMAP: writing, with a token": lambda story: imap(story, lambda opened: opened.create("Familles")[0] == "OK"),
    "IMAP: with a password": imap_by_password,
    "SMTP: sending in its name": sends,
    "Sieve: its filters": changes_filters,
    "push: hearing of new mail": lambda story: (
        story.desk.get("/webmail/").status_code == 200 and story.box.key in heard_boxes.one()(story.member)
    ),
    "a conversation given before is theirs": has_what_was_given,
    "a letter planned before leaves": planned_leaves,
    "a redirection to one's own address": lambda story: (
        f'redirect :copy "{story.desk.mail.address}"' in script_of(story)
    ),
    "a filter that forwards to one's own address": lambda story: "cantine" in script_of(story),
    "its mail in an export of one's own mailbox": exports_it,
}


SENT_ON = {"a redirection to one's own address", "a filter that forwards to one's own address"}
KEPT = {"a conversation given before is theirs", *SENT_ON}
HANDED_OVER = {"a letter planned before leaves", *KEPT}
LEFT_BEHIND = {"web: undoing what one has done", *HANDED_OVER}


@pytest.fixture
def story(desk: MailBrowser, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks) -> Story:
    school = make_school(HERE)
    Posting.objects.filter(person=desk.mail.account.person).update(school=school)
    head = make_mail_account("Nadia", "Benhamou")
    Posting.objects.filter(person=head.account.person).update(school=school, function="DIR")
    box = make_box(place=school)
    return Story(desk, box, head, django_capture_on_commit_callbacks)


def through(story: Story, acts: list[str]) -> None:
    """The first gives her the right. A connection that she had open ends with what it could do."""
    posts.follow_posts(timezone.now())
    for number, act in enumerate(acts):
        before = right_of(story)
        opened = story.box.opened_by(story.desk.mail) if before and may_come_in(story) else None
        story.do(act)
        if opened and (right_of(story) != before or not may_come_in(story)):
            wait_until_ended(opened)
        if number == 0 and right_of(story) in {OWNER, MEMBER}:
            story.leave_things_behind()
        held = periods.current().filter(box=story.box.key, member=story.desk.mail.key, right__in=(OWNER, MEMBER))
        story.handed_over |= bool(story.began) and not held.exists()


def right_of(story: Story) -> str | None:
    found = periods.live(timezone.localdate()).filter(box=story.box.key, member=story.desk.mail.key).first()
    return found.right if found else None


def reads_on_after_a_post(story: Story) -> bool:
    theirs = periods.live(timezone.localdate()).filter(periods.OVERLAP, box=story.box.key, member=story.desk.mail.key)
    return theirs.exists()


def may_come_in(story: Story) -> bool:
    return story.member.mail_refusal(timezone.now()) is None


def came_through(story: Story) -> dict[str, bool]:
    if may_come_in(story):
        sign_in(story.desk.client, story.member)  # a lock has ended her session
    return {door: tries(story, act) for door, act in TRIED.items() if story.began or door not in LEFT_BEHIND}


def tries(story: Story, door: Callable[[Story], bool]) -> bool:
    """A closed box receives nothing and opens to nobody, not even to what looks into it here."""
    try:
        return door(story)
    except (MailboxError, smtplib.SMTPException):
        return False


def expected(story: Story, door: str, right: MailboxRights | None) -> bool:
    """What was handed over to the owners does not come back with the right. Who is locked or blocked keeps it, and
    comes in by no door; what is sent on to them lies in their own mailbox, which is shut; what was given stays so."""
    if door == "web: leaving an internal note" and reads_on_after_a_post(story):
        return False
    if door in KEPT:
        right = MailboxRights(held) if (held := right_of(story)) else None
    return right in DOORS[door] and not (story.handed_over and door in HANDED_OVER)


def test_every_door_is_tried() -> None:
    assert TRIED.keys() == DOORS.keys()
    assert all({*rights} <= {*MailboxRights.values} for rights in DOORS.values())


@pytest.mark.parametrize(("acts", "right"), SEQUENCES.items(), ids=SEQUENCES)
def test_after_this_each_door_is_open_or_shut(story: Story, acts: str, right: MailboxRights | None) -> None:
    through(story, acts.split(", "))
    found = came_through(story)
    assert found == {door: expected(story, door, right) for door in found}


@pytest.mark.parametrize(("acts", "right"), SERVICES.items(), ids=SERVICES)
def test_and_of_a_service_that_closes(story: Story, acts: str, right: MailboxRights | None) -> None:
    SharedMailbox.objects.filter(pk=story.box.key).update(place=None)
    through(story, acts.split(", "))
    found = came_through(story)
    assert found == {door: expected(story, door, right) for door in found}
