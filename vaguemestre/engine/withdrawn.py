"""Messages taken out of a mailbox by the administration: found, taken, put back, erased.

They lie in the mailbox's own home, in a place that only Dovecot's administration opens (dovecot/withdrawn.conf). Every
function raises DoveadmUnavailable, and DoveadmRefused for a mailbox that Dovecot cannot open.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from vaguemestre.engine.administration import DoveadmRefused, ask
from vaguemestre.engine.mailboxes import NO_USER, NOT_FOUND, RECOVERABLE
from vaguemestre.mailbox.headers import readable

PREFIX = "~withdrawn/"
# Whoever wrote a message is in no danger from it, and what was sent is evidence.
OWN_WRITING = ("Sent", "Drafts")
_FIELDS = ("mailbox", "mailbox-guid", "uid", "flags", "hdr.message-id", "hdr.from", "hdr.subject")
_ALREADY_THERE = "DATAERR"  # what doveadm says of a folder that exists


@dataclass(frozen=True)
class Copy:
    """One message in one folder. `sender` and `subject` are readable text; `sender` is the whole field."""

    folder: str  # UTF-8, "/" between levels
    guid: str
    uid: int
    seen: bool
    answered: bool
    message_id: str
    sender: str
    subject: str


def find(key: str, message_id: str, since: datetime) -> list[Copy]:
    """The copies of one message, brackets included in its name, that came in since then."""
    found = _found(key, ("HEADER", "Message-ID", message_id), since)
    return [copy for copy in found if copy.message_id == message_id]


def find_alike(key: str, sender: str, subject: str, since: datetime) -> list[Copy]:
    """Everything with this very subject from this address: a campaign gives each copy a name of its own."""
    found = _found(key, ("FROM", sender), since)
    wanted = f"<{sender}>".casefold()
    return [
        copy
        for copy in found
        if copy.subject == subject
        and (copy.sender.casefold().endswith(wanted) or copy.sender.casefold() == sender.casefold())
    ]


def take(key: str, place: str, copies: Sequence[Copy]) -> None:
    """Out of their folder, the same for all, into `place` (a word of the caller's for what came out of it). Those that
    have gone meanwhile are passed over; done twice, it is done once."""
    first = copies[0]
    source = ("mailbox", RECOVERABLE) if first.folder == RECOVERABLE else ("mailbox-guid", first.guid)
    try:
        ask(key, "mailbox create", PREFIX + place)
    except DoveadmRefused as refused:
        if str(refused) != _ALREADY_THERE:
            raise
    ask(key, "move", PREFIX + place, *source, "uid", ",".join(str(copy.uid) for copy in copies))


def held(key: str, place: str) -> int:
    """How many messages lie there."""
    said = _asked(key, "mailbox status", "messages", PREFIX + place)  # its name, and the number
    return int(said[1]) if said else 0


def put_back(key: str, place: str, folder: str) -> bool:
    """Where they came from, with their marks and days. False: that folder has gone, they are in the inbox."""
    there = bool(_asked(key, "mailbox status", "messages", folder))
    if held(key, place):
        ask(key, "move", folder if there else "INBOX", "mailbox", PREFIX + place, "all")
    erase(key, place)
    return there


def erase(key: str, place: str) -> None:
    """For good."""
    _asked(key, "mailbox delete", "-Z", "-s", PREFIX + place)


def places(key: str) -> list[str]:
    return [name.removeprefix(PREFIX) for name in _asked(key, "mailbox list", f"{PREFIX}*")]


def _found(key: str, criteria: tuple[str, ...], since: datetime) -> list[Copy]:
    """By the day of arrival, which stands in the index and stays when a message is moved; the day when it came into its
    folder would be read from each file."""
    wanted = ("SINCE", f"{since.timestamp():.0f}", *criteria)
    said = _asked(key, "fetch", " ".join(_FIELDS), *wanted)
    # In no list, so not among all folders: what its owner deleted for good and may still bring back.
    said += _asked(key, "fetch", " ".join(_FIELDS), "mailbox", RECOVERABLE, *wanted)
    rows = zip(*[iter(said)] * len(_FIELDS), strict=True)
    return [copy for row in rows if (copy := _copy(*row)).folder.partition("/")[0] not in OWN_WRITING]


def _copy(folder: str, guid: str, uid: str, flags: str, message_id: str, sender: str, subject: str) -> Copy:
    marks = flags.split()
    return Copy(
        folder, guid, int(uid), "\\Seen" in marks, "\\Answered" in marks, message_id.strip(),
        readable(sender.encode()), readable(subject.encode()),
    )  # fmt: skip


def _asked(key: str, command: str, *arguments: str) -> list[str]:
    """Nothing, of who never received anything and so has no mailbox, or of what was erased."""
    try:
        return ask(key, command, *arguments)
    except DoveadmRefused as refused:
        if str(refused) not in {NO_USER, NOT_FOUND}:
            raise
        return []
