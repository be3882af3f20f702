"""Flags of many messages at once, and where in the mailbox a keyword was put."""

from collections.abc import Sequence

from vaguemestre.mailbox.imap.body_structure import string_octets
from vaguemestre.mailbox.imap.fetch_rows import FLAGS_ONLY, parse_fetch_rows
from vaguemestre.mailbox.imap.folder_connection import FolderConnection, require_ok, select_command
from vaguemestre.mailbox.imap.folder_list import KnownFolder
from vaguemestre.mailbox.imap.list_filters import parse_esearch
from vaguemestre.mailbox.imap.wire.commands import UidNumbers, uid_sets
from vaguemestre.mailbox.values import JUNK, Flag, MailboxId, Uid


def fetch_flags(link: FolderConnection, known: KnownFolder, uids: Sequence[Uid]) -> dict[Uid, frozenset[str]]:
    """Those that are still there."""
    if not uids:
        return {}
    answer = link.read_in(known, [b"UID FETCH %s %s" % (uid_set, FLAGS_ONLY) for uid_set in uid_sets(uids)])
    for status in answer.statuses:
        require_ok(status)
    wanted = set(uids)
    return {message.uid: message.flags for message in parse_fetch_rows(answer.data) if message.uid in wanted}


def fetch_used_keywords(link: FolderConnection, known: KnownFolder) -> list[str]:
    """The keywords that this folder knows, whoever put them there and whether a message still bears them or not."""
    answer = link.connection.round_trip([select_command(known)])
    link.opened(known, answer)
    words = [
        word for data in answer.named("FLAGS") for value in data.values if isinstance(value, list) for word in value
    ]
    found = (string_octets(word).decode("ascii", "replace") for word in words)
    return sorted({word for word in found if not word.startswith("\\")}, key=str.casefold)


def find_with_keyword(link: FolderConnection, keyword: Flag) -> dict[MailboxId, UidNumbers]:
    """The messages of the whole mailbox that bear it, by folder: one trip a folder, none of them reads a message."""
    search = b"UID SEARCH RETURN (ALL) KEYWORD " + keyword.encode("ascii")
    found: dict[MailboxId, UidNumbers] = {}
    for known in link.refresh().known:
        if known.folder.id is None or not known.folder.total:
            continue
        answer = link.connection.round_trip([select_command(known), search])
        link.opened(known, answer)
        require_ok(answer.statuses[1])
        if numbers := UidNumbers.read(parse_esearch(answer).get("ALL", "")):
            found[known.folder.id] = numbers
    return found


def flags_on_move(link: FolderConnection, known: KnownFolder, to: MailboxId) -> dict[str, list[Flag]]:
    """What continues or off what is moved: out of the junk, into the bin or anywhere else. From memory."""
    directory = link.directory()
    target = next((folder for folder in directory.folders if folder.id == to), None)
    if not directory.lies_in(known.folder, "junk") or target is None or directory.lies_in(target, "junk"):
        return {}
    return {"add" if directory.lies_in(target, "trash") else "remove": [JUNK]}


def uids_text(uids: Sequence[Uid]) -> str:
    """Numbers in few letters, to be kept: "3:5,9"."""
    return b",".join(uid_sets(uids)).decode("ascii")


def parse_uids(text: str) -> list[Uid]:
    return [Uid(number) for number in UidNumbers.read(text)]
