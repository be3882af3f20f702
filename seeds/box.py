"""The demo's shared mailbox has a week behind it: answers and drafts of its members, acts on conversations, a note.

Runs as the product's user, with Django set up, by the functions that the screens call. Once: a mailbox that has a note
is left alone. No mail of it leaves.
"""

import json
import sys
import time as clock
import tomllib
from collections.abc import Mapping
from datetime import datetime, time, timedelta

from django.db import transaction
from django.utils import timezone
from pydantic import BaseModel, ConfigDict

from seeds.mails import sent_mails
from seeds.mails.story import Setting, make_setting, school_days_before
from vaguemestre.accounts.models import Account
from vaguemestre.instance import read_instance
from vaguemestre.launcher.checkout import CHECKOUT
from vaguemestre.launcher.errors import LauncherError
from vaguemestre.mailbox.imap.session import Session
from vaguemestre.mailbox.values import SEEN, MailboxId
from vaguemestre.shared_mailboxes import authorship, conversation_events, internal_notes, members
from vaguemestre.shared_mailboxes.conversation_events import Kind, NamedConversation
from vaguemestre.shared_mailboxes.models import InternalNote, MailboxRights, SharedMailbox
from vaguemestre.webmail import connection

PATIENCE = 60.0
ACTS_AT = time(17)
BEGAN = 6  # school days back


class _Told(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Act(_Told):
    kind: Kind
    mail: str
    by: str
    days: int
    to: str = ""


class Note(_Told):
    mail: str
    by: str
    days: int
    text: str
    mentions: list[str] = []


class Week(_Told):
    box: str
    owner: str
    members: list[str]
    acts: list[Act]
    notes: list[Note]


def run() -> int:
    if read_instance().mode == "production":
        raise LauncherError("The demo's people are not for production.")
    told_on, domain, addresses = json.load(sys.stdin)
    setting = make_setting(datetime.fromisoformat(told_on), domain, addresses)
    week = Week.model_validate(tomllib.loads((CHECKOUT / "seeds" / "box.toml").read_text("utf-8")))
    box = SharedMailbox.objects.select_related("account").get(account__local_part=week.box)
    if not InternalNote.objects.filter(box=box).exists():
        people = _people(week)
        with connection.open_mailbox_of(box.account.key) as session:
            _put_back_in_time(session, setting, box.account)
            _write(session, setting, box.account, people)
        with transaction.atomic():
            _act(week, setting, box, people)
    return 0


def _people(week: Week) -> dict[str, Account]:
    names = {week.owner, *week.members, *(one.by for one in week.acts), *(one.to for one in week.acts if one.to)}
    found = Account.objects.filter(identifier__in=names).select_related("person")
    return {one.identifier: one for one in found}


def _put_back_in_time(session: Session, setting: Setting, box: Account) -> None:
    """All were delivered in one minute."""
    moments = {
        setting.message_id(mail): setting.moment(mail)
        for mail in setting.mails.values() if box.address in {setting.mailbox(who)[1] for who in mail.to + mail.cc}
    }  # fmt: skip
    folder = _folder(session, "inbox")
    deadline = clock.monotonic() + PATIENCE
    while len(rows := session.page(folder, count=100).rows) < len(moments) and clock.monotonic() < deadline:
        clock.sleep(0.5)
    late = timedelta(minutes=5)
    there = [row for row in rows if (when := moments.get(row.message_id)) and row.received - when > late]
    for row in sorted(there, key=lambda row: moments[row.message_id]):
        raw = b"".join(session.source(folder, row.uid))
        session.replace(folder, row.uid, raw, [], moments[row.message_id])


def _write(session: Session, setting: Setting, box: Account, people: Mapping[str, Account]) -> None:
    for mail in sent_mails(setting.now, setting.domain, setting.addresses, "tilleuls"):
        folder = _folder(session, "drafts" if mail.draft else "sent")
        if session.find(folder, mail.message_id):
            continue
        session.append(folder, mail.content, [SEEN, *(["\\Draft"] if mail.draft else [])], mail.moment)
        keep = authorship.keep_draft_author if mail.draft else authorship.note_author
        keep(box, mail.message_id, people[mail.author], mail.moment)


def _act(week: Week, setting: Setting, box: SharedMailbox, people: Mapping[str, Account]) -> None:
    owner, began = people[week.owner], _moment(setting, BEGAN)
    for name in week.members:
        members.let_in(box, people[name], MailboxRights.MEMBER, None, by=owner.key, now=began)
    for act in week.acts:
        about, moment = _conversation(setting, act.mail), _moment(setting, act.days)
        to = people[act.to] if act.to else None
        conversation_events.record(box.account, act.kind, [about], to=to, by=people[act.by], now=moment)
    for number, note in enumerate(week.notes, start=1):
        internal_notes.add_note(
            box.account, _conversation(setting, note.mail), setting.fill(note.text),
            [people[name] for name in note.mentions], form_key=f"demo-{number}", by=people[note.by],
            now=_moment(setting, note.days),
        )  # fmt: skip


def _conversation(setting: Setting, key: str) -> NamedConversation:
    mail = setting.mails[key]
    first = mail
    while first.reply:
        first = setting.mails[first.reply]
    return NamedConversation((setting.message_id(first), setting.message_id(mail)), setting.moment(mail))


def _moment(setting: Setting, days: int) -> datetime:
    day = school_days_before(setting.today, days)
    return timezone.make_aware(datetime.combine(day, ACTS_AT))


def _folder(session: Session, role: str) -> MailboxId:
    found = session.by_role(role)
    if found is None or found.id is None:
        raise LauncherError(f"The shared mailbox has no folder of the role {role}.")
    return found.id
