"""The copies of drafts in the mailbox: which letter a message is a copy of, and where its copy lies at this moment.

A letter keeps its name (its Message-ID is made of its key), its copy is replaced at each save. An address made of the
former copy leads to the present one.
"""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from functools import lru_cache
from hashlib import sha256

from django.db.models import Q

from vaguemestre.academy.facts import academy
from vaguemestre.accounts.models import Account
from vaguemestre.clock.machine_lock import is_machine_lock_held
from vaguemestre.mailbox.errors import MailboxRefusedError
from vaguemestre.mailbox.imap.conversations.overview import ConversationPage
from vaguemestre.mailbox.imap.search.search_results import SearchResults
from vaguemestre.mailbox.imap.session import Session
from vaguemestre.mailbox.messages import Folder, Row
from vaguemestre.mailbox.values import DRAFT, SEEN, MailboxId, Uid
from vaguemestre.web.url_cache import reverse
from vaguemestre.webmail.models import Outgoing

_KEY = re.compile("[0-9a-f]{32}")
LETTER = "lettre"  # which letter it was, in the address of a copy that may be gone when somebody follows it


def message_id_of(key: str) -> str:
    return f"<{key}@{academy().domain}>"


def draft_key(message_id: str) -> str:
    """The letter that this is a copy of; empty for what another program has written."""
    found = _own(academy().domain).fullmatch(message_id.strip())
    return found[1] if found else ""


def query_of_copy(row: Row) -> str:
    """What follows the address of a message in Drafts, to continue with it."""
    key = draft_key(row.message_id)
    return f"reprise/?{LETTER}={key}" if key else "reprise/"


def store_copy(session: Session, outgoing: Outgoing, folder: MailboxId, raw: bytes, now: datetime) -> Uid | None:
    """The new copy in the place of the former one, whose star and labels stay. Beside it when that lies elsewhere, or
    is gone."""
    if former := _former(session, outgoing, folder):
        uid, marks = former
        try:
            return session.replace(folder, uid, raw, sorted(marks | {DRAFT, SEEN}), now)
        except MailboxRefusedError as refusal:
            if refusal.code not in {"", "NONEXISTENT", "EXPUNGED"}:
                raise
    return session.append(folder, raw, [DRAFT, SEEN], now)


def key_for(account: Account, folder: MailboxId, uid: Uid) -> str:
    """Of the letter that a copy becomes when it is taken up: the same in every window. Two that have it open at once
    write one letter, and the second is asked which text is to be kept."""
    return sha256(f"{account.key}/{folder}/{uid}".encode()).hexdigest()[:32]


def draft_at(account: Account, folder: MailboxId, uid: Uid) -> Outgoing | None:
    """The letter whose copy this is, or was when it was taken up."""
    here = Q(draft_folder=folder, draft_uid=uid) | Q(taken_from=f"{folder}-{uid}")
    return Outgoing.objects.filter(here, account=account).exclude(state=Outgoing.State.DONE).first()


def draft_being_stored(account: Account, message_id: str, uid: Uid) -> Outgoing | None:
    """The letter, when this is a copy that is stored already and not noted yet."""
    unnoted = Q(draft_uid=None) | Q(draft_uid__lt=uid)
    letter = Outgoing.objects.filter(unnoted, account=account, key=draft_key(message_id)).first()
    return letter if letter and is_machine_lock_held(letter.copy_lock_path) else None


def present_url(session: Session, account: Account, folder: MailboxId, key: str) -> str:
    """Where a letter is gone on with whose former copy was asked for; empty when nothing is known of it."""
    if not _KEY.fullmatch(key):
        return ""
    if Outgoing.objects.filter(account=account, key=key).exists():
        return reverse("webmail:compose", args=[key])
    lying = session.find(folder, message_id_of(key))
    return reverse("webmail:resume", args=[folder, lying[-1]]) if lying else ""


def without_former_copies(
    session: Session, account: Account, everything: list[Folder], found: ConversationPage, folder: Folder
) -> tuple[list[Folder], ConversationPage]:
    """The list of Drafts without a copy that a newer one replaces just now. Nothing is asked unless two rows are of one
    letter: what another window had written may stay beside it."""
    leaving = _leaving(session, account, folder, _twice(found.page.rows))
    if not leaving:
        return everything, found
    rows = tuple(row for row in found.page.rows if row.uid not in leaving)
    gone = len(found.page.rows) - len(rows)
    page = replace(found.page, rows=rows, folder_total=found.page.folder_total - gone)
    fewer = replace(folder, total=folder.total - gone)
    return [fewer if one is folder else one for one in everything], replace(
        found, page=page, messages=found.messages - gone
    )


def results_without_former_copies(session: Session, account: Account, found: SearchResults) -> SearchResults:
    """The same among what a search has found."""
    drawer = next((hit.folder for hit in found.hits if hit.folder.role == "drafts"), None)
    if drawer is None:
        return found
    older = _twice([hit.row for hit in found.hits if hit.folder.role == "drafts"])
    leaving = _leaving(session, account, drawer, older)
    hits = tuple(hit for hit in found.hits if hit.id != drawer.id or hit.row.uid not in leaving)
    return replace(found, hits=hits, total=found.total - (len(found.hits) - len(hits)))


def _former(session: Session, outgoing: Outgoing, folder: MailboxId) -> tuple[Uid, frozenset[str]] | None:
    """Also a newer one of which a process that ended had no time to note the number."""
    if outgoing.draft_folder != folder or not outgoing.draft_uid:
        return None
    uid = Uid(outgoing.draft_uid)
    there = session.flags(folder, [uid])
    if not there:
        unnoted = [one for one in session.find(folder, message_id_of(outgoing.key)) if one > uid]
        there = session.flags(folder, unnoted[-1:])
    return next(iter(there.items()), None)


def _twice(rows: Sequence[Row]) -> dict[Uid, str]:
    """Copies of letters of which a newer one is in the list."""
    seen: set[str] = set()
    older: dict[Uid, str] = {}
    for row in sorted(rows, key=lambda row: row.uid, reverse=True):
        key = draft_key(row.message_id)
        if key in seen:
            older[row.uid] = key
        elif key:
            seen.add(key)
    return older


def _leaving(session: Session, account: Account, folder: Folder, older: dict[Uid, str]) -> frozenset[int]:
    if not older or folder.id is None:
        return frozenset()
    letters = Outgoing.objects.filter(account=account, key__in=older.values(), draft_folder=folder.id)
    replaced = {letter.draft_uid for letter in letters if is_machine_lock_held(letter.copy_lock_path)}
    there = session.present(folder.id, list(older))  # asked after that: the number is noted once the former is gone
    return frozenset(uid for uid in older if uid in replaced or uid not in there)


@lru_cache(maxsize=8)
def _own(domain: str) -> re.Pattern[str]:
    return re.compile(f"<({_KEY.pattern})@{re.escape(domain)}>")
