"""Messages taken out of a mailbox by the administration: found, taken, put back, erased.

They lie in the mailbox's own home, in a place that only Dovecot's administration opens (dovecot/withdrawn.conf). Every
function raises DoveadmUnavailableError, and DoveadmRefusedError for a mailbox that Dovecot cannot open.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from vaguemestre.engine.doveadm_protocol import DoveadmRefusedError, ask
from vaguemestre.engine.mailboxes import NO_USER, NOT_FOUND, RECOVERABLE
from vaguemestre.mailbox.mime.header_text import FIELD_LIMIT, header_text
from vaguemestre.mailbox.values import FORWARDED

PREFIX = "~withdrawn/"
# Whoever wrote a message is in no danger from it, and what was sent is evidence.
OWN_WRITING = ("Sent", "Drafts")
_FIELDS = ("mailbox", "mailbox-guid", "uid", "flags", "hdr.message-id", "hdr.from", "hdr.subject")
_NAMES = re.compile(r'"(?:[^"\\]|\\.)*+"|\([^()]*+\)|=\?[^?\s]+\?[^?]\?[^?]*+\?=')
_IN_BRACKETS = re.compile(r"<\s*([^<>\s]+@[^<>\s]+?)\s*>")
_BARE = re.compile(r"[^\s<>,;:]+@[^\s<>,;:]+")
_ALREADY_THERE = "DATAERR"  # what doveadm says of a folder that exists


@dataclass(frozen=True)
class MessageCopy:
    """One message in one folder. `senders`: the addresses of its From field in small letters, whatever names say."""

    folder: str  # UTF-8, "/" between levels
    guid: str
    uid: int
    seen: bool
    answered: bool
    forwarded: bool
    message_id: str
    senders: frozenset[str]
    subject: str


def find_copies(key: str, message_id: str, sender: str, since: datetime) -> list[MessageCopy]:
    """The copies of one message, brackets included in its name, that came in since then. With its sender, where that is
    known: whoever writes the Message-ID of an official letter into a trap must not have that letter taken out."""
    same = [copy for copy in _found(key, message_id, since) if copy.message_id == message_id]
    return [copy for copy in same if not sender or sender.casefold() in copy.senders]


def find_similar(key: str, sender: str, subject: str, since: datetime) -> list[MessageCopy]:
    """Everything with this very subject from this address: a campaign gives each copy a name of its own."""
    local, _at, domain = sender.rpartition("@")
    found = _found(key, f'"{local}" "{domain}"', since)
    return [copy for copy in found if copy.subject == subject and sender.casefold() in copy.senders]


def withdraw_copies(key: str, place: str, copies: Sequence[MessageCopy]) -> None:
    """Out of their folder, the same for all, into `place` (a word of the caller's for what came out of it). Those that
    have gone meanwhile are passed over; done twice, it is done once."""
    first = copies[0]
    source = ("mailbox", RECOVERABLE) if first.folder == RECOVERABLE else ("mailbox-guid", first.guid)
    try:
        ask(key, "mailbox create", PREFIX + place)
    except DoveadmRefusedError as refused:
        if str(refused) != _ALREADY_THERE:
            raise
    ask(key, "move", PREFIX + place, *source, "uid", ",".join(str(copy.uid) for copy in copies))


def count_withdrawn(key: str, place: str) -> int:
    said = _asked(key, "mailbox status", "messages", PREFIX + place)  # its name, and the number
    return int(said[1]) if said else 0


def restore_copies(key: str, place: str, folder: str) -> bool:
    """Where they came from, with their marks and days. False: that folder has gone, they are in the inbox."""
    there = bool(_asked(key, "mailbox status", "messages", folder))
    if count_withdrawn(key, place):
        ask(key, "move", folder if there else "INBOX", "mailbox", PREFIX + place, "all")
    delete_copies(key, place)
    return there


def delete_copies(key: str, place: str) -> None:
    _asked(key, "mailbox delete", "-Z", "-s", PREFIX + place)


def places(key: str) -> list[str]:
    return [name.removeprefix(PREFIX) for name in _asked(key, "mailbox list", f"{PREFIX}*")]


def _found(key: str, mark: str, since: datetime) -> list[MessageCopy]:
    """Those whose ENVELOPE, which stands in the index, holds the mark. Not a search: Dovecot's index of words does not
    find the address of a From field whose encoded name holds another one, and a trap would be written so.

    By the day of arrival, which stands there too and stays when a message is moved."""
    arrived, found = ("SINCE", f"{since.timestamp():.0f}"), []
    for place in ((), ("mailbox", RECOVERABLE)):  # the second is in no list, so not among all folders
        for folder, guid, uids in _marked(key, mark, (*place, *arrived)):
            source = place or ("mailbox-guid", guid)
            if folder.partition("/")[0] not in OWN_WRITING:
                said = _asked(key, "fetch", " ".join(_FIELDS), *source, "uid", ",".join(uids))
                found += [_copy(*row) for row in zip(*[iter(said)] * len(_FIELDS), strict=True)]
    return found


def _marked(key: str, mark: str, query: Sequence[str]) -> list[tuple[str, str, list[str]]]:
    """Folder, its GUID, and the UIDs there."""
    folders: dict[tuple[str, str], list[str]] = {}
    said = _asked(key, "fetch", "mailbox mailbox-guid uid imap.envelope", *query)
    for folder, guid, uid, envelope in zip(*[iter(said)] * 4, strict=True):
        if mark.casefold() in envelope.casefold():
            folders.setdefault((folder, guid), []).append(uid)
    return [(folder, guid, uids) for (folder, guid), uids in folders.items()]


def _copy(folder: str, guid: str, uid: str, flags: str, message_id: str, sender: str, subject: str) -> MessageCopy:
    marks = flags.split()
    return MessageCopy(
        folder, guid, int(uid), "\\Seen" in marks, "\\Answered" in marks, FORWARDED in marks,
        message_id.strip(), _addresses(sender), header_text(subject.encode()),
    )  # fmt: skip


def _addresses(field: str) -> frozenset[str]:
    """Of a From field as it came. What names in quotes, comments and encoded words hold does not count."""
    bare = _NAMES.sub(" ", field[:FIELD_LIMIT]).casefold()
    return frozenset(_IN_BRACKETS.findall(bare) or _BARE.findall(bare))


def _asked(key: str, command: str, *arguments: str) -> list[str]:
    """Nothing, of who never received anything and so has no mailbox, or of what was erased."""
    try:
        return ask(key, command, *arguments)
    except DoveadmRefusedError as refused:
        if str(refused) not in {NO_USER, NOT_FOUND}:
            raise
        return []
