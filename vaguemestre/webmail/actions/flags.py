"""Marks of a few messages (read, starred, a label) put on and taken off, and the way back from it.

The server looks at what they bear before it changes anything: a page may be older than what it shows, and the way back
must change just those that the act has changed.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field

from django.core import signing

from vaguemestre.mailbox.errors import NoSuchFolderError
from vaguemestre.mailbox.imap.messages.keywords import parse_uids, uids_text
from vaguemestre.mailbox.imap.session import Session
from vaguemestre.mailbox.values import Flag, MailboxId, Uid
from vaguemestre.webmail.undo import UNDO_LIFE

SALT = "vaguemestre.webmail.marks.undo"
LONGEST_UNDO = 2400  # of its sets of numbers: the word travels in a cookie
UNDO_AT = "webmail:marks-undo"

type Places = Mapping[MailboxId, Sequence[Uid]]


@dataclass(frozen=True, slots=True)
class FlagUndo:
    """The flag went on (`put`) or off these messages, sets of numbers by folder. `count`: so many of them."""

    account: str
    flag: str
    put: bool
    places: dict[str, str] = field(default_factory=dict)
    count: int = 0
    gone: int = 0  # of those that were meant, unless all others were so already

    def signed(self) -> str:
        """Empty when there is nothing to take back, or too much for a cookie."""
        short = sum(map(len, self.places.values())) <= LONGEST_UNDO
        return signing.dumps(asdict(self), salt=SALT, compress=True) if self.count and short else ""


def set_flag(session: Session, access_key: str, flag: Flag, places: Places, *, put: bool | None) -> FlagUndo:
    """`put` None: on all of them, unless all bear it: then off."""
    looked = _looked_at(session, places)
    bearing = {folder: {uid for uid, own in each.items() if _bears(own, flag)} for folder, each in looked.items()}
    lacking = {folder: each.keys() - bearing[folder] for folder, each in looked.items()}
    on = any(lacking.values()) if put is None else put
    changed = {folder: sorted(uids) for folder, uids in (lacking if on else bearing).items() if uids}
    for folder, uids in changed.items():
        session.store(folder, uids, **_change(flag, put=on))
    meant, there = sum(map(len, places.values())), sum(map(len, looked.values()))
    return FlagUndo(
        access_key, flag, on, {folder: uids_text(uids) for folder, uids in changed.items()},
        count=sum(map(len, changed.values())), gone=meant - there if changed or not there else 0,
    )  # fmt: skip


def read_flag_undo(word: str, access_key: str) -> FlagUndo | None:
    """None for a word that is forged, too old, or somebody else's."""
    try:
        found = FlagUndo(**signing.loads(word, salt=SALT, max_age=UNDO_LIFE))
    except signing.BadSignature:
        return None
    return found if found.account == access_key else None


def undo_flags(session: Session, done: FlagUndo) -> None:
    """As they were. What was moved or deleted since is passed over."""
    for folder, uids in done.places.items():
        try:
            session.store(MailboxId(folder), parse_uids(uids), **_change(Flag(done.flag), put=not done.put))
        except NoSuchFolderError:
            continue


def _looked_at(session: Session, places: Places) -> dict[MailboxId, dict[Uid, frozenset[str]]]:
    """A folder that was deleted meanwhile keeps nothing back of what the others hold."""
    found = {}
    for folder, uids in places.items():
        try:
            found[folder] = session.flags(folder, uids)
        except NoSuchFolderError:
            if len(places) == 1:
                raise
    return found


def _bears(own: frozenset[str], flag: Flag) -> bool:
    return flag.lower() in {one.lower() for one in own}


def _change(flag: Flag, *, put: bool) -> dict[str, list[Flag]]:
    return {"add" if put else "remove": [flag]}
