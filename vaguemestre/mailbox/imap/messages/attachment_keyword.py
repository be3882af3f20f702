"""Whether a message has a file: a keyword, which Dovecot writes when it stores the message or tells its structure.

What was stored before that, or lost its keywords to a program that set its flags again, bears neither `$HasAttachment`
nor `$HasNoAttachment`, and a search for the one would pass it over. To ask for its structure is enough to have it said.
"""

from vaguemestre.mailbox.imap.folder_connection import FolderConnection, require_ok
from vaguemestre.mailbox.imap.folder_list import KnownFolder
from vaguemestre.mailbox.imap.list_filters import parse_esearch
from vaguemestre.mailbox.imap.query.search_query import EVERYWHERE
from vaguemestre.mailbox.imap.wire.commands import UidNumbers, quote_string, uid_sets
from vaguemestre.mailbox.values import ATTACHED, NOT_ATTACHED, Uid

_UNJUDGED = b"UNKEYWORD %s UNKEYWORD %s" % (ATTACHED.encode(), NOT_ATTACHED.encode())
AT_ONCE = 500  # messages whose structure is read while a person waits: each may have to be opened


def mark_newest(link: FolderConnection, known: KnownFolder) -> int:
    """The newest of them; answers how many are left. One trip when nothing is to do. What cannot be judged is left."""
    unjudged = _unjudged(link, known)
    newest = [Uid(number) for number in unjudged.part(len(unjudged) - AT_ONCE, len(unjudged))]
    if not newest:
        return 0
    link.run(*(b"UID FETCH %s (UID BODYSTRUCTURE)" % uid_set for uid_set in uid_sets(newest)))
    left = len(_unjudged(link, known))
    return left if left < len(unjudged) else 0


def has_unmarked(link: FolderConnection) -> bool:
    """Is any of them left in a folder that a search of all folders looks at?"""
    answer = link.connection.round_trip(
        [b"SELECT " + quote_string(EVERYWHERE), b"UID SEARCH RETURN (COUNT) " + _UNJUDGED]
    )
    link.selected = None  # what is open now is no folder of the account
    for status in answer.statuses:
        require_ok(status)
    return parse_esearch(answer).get("COUNT", "0") != "0"


def _unjudged(link: FolderConnection, known: KnownFolder) -> UidNumbers:
    answer = link.read_in(known, [b"UID SEARCH RETURN (ALL) " + _UNJUDGED])
    require_ok(answer.statuses[-1])
    return UidNumbers.read(parse_esearch(answer).get("ALL", ""))
