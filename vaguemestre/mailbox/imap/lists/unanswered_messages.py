"""Which of one's own messages nobody has answered: the filter "awaiting" of Sent.

Of each exchange, the newest message in Sent waits when it is younger than `list_filters.WAITS_FOR` days, when nobody
else has written after it or names it, and when an answer may be expected: it is addressed to a person in sight, and it
began the exchange, asks a question, or reminds of one that does. What answers somebody without a question has closed
the exchange; what hands on without a question, what goes to many, to oneself, to nobody's address or to a list alone is
information. An automatic answer (absence, failure, receipt) is none: the question stands.
"""

import re
from collections.abc import Iterable, Mapping, Sequence

from vaguemestre.mailbox.errors import NoSuchFolderError
from vaguemestre.mailbox.imap.conversations.conversation_index import ConversationIndex, Spot
from vaguemestre.mailbox.imap.conversations.reply_state import WANTED, WANTED_OF_ONES_OWN, ReplyState, parse_reply_state
from vaguemestre.mailbox.imap.fetch_rows import parse_fetch_rows
from vaguemestre.mailbox.imap.folder_connection import FolderConnection, FolderMovedError
from vaguemestre.mailbox.imap.folder_list import FolderList, KnownFolder
from vaguemestre.mailbox.imap.lists.index_update import require_unless_gone
from vaguemestre.mailbox.imap.wire.commands import uid_sets
from vaguemestre.mailbox.values import MailboxId, Uid

MANY = 15  # who writes to more people than that informs them
_NOBODY = re.compile(
    r"(?:.*[-._+])?(?:no-?reply|ne-?pas-?re?pondre|do-?not-?reply|nepasrepondre)(?:[-._+].*)?@.*"
    r"|(?:mailer-daemon|postmaster|abuse|sympa|listserv|majordomo)@.*"
    r"|(?:.*[-._])?(?:listes?|lists?|diffusion)(?:[-._].*)?@.*|.*@(?:listes?|lists|groupes|groups)\..*"
)


def find_unanswered(
    link: FolderConnection, threads: ConversationIndex, directory: FolderList, known: KnownFolder, named: Iterable[int]
) -> list[Uid]:
    """Of those that the server names by the criterion of this filter, newest first. Hold the lock of `threads`. What is
    not known yet of the exchanges is asked for, one trip a folder; this folder is asked last."""
    if known.folder.role != "sent":
        return []
    young = set(named)
    heads = [uid for uid in threads.heads_among(known.id, young) if uid in young]
    groups = {head: threads.together(known.id, head) for head in heads}
    turns = _turns(link, directory, known, [spot for spots in groups.values() for spot in spots])
    mine = {turn.sender for (folder, _uid), turn in turns.items() if folder == known.id}
    return [head for head in heads if _waits(known.id, head, groups[head], turns, mine)]


def _waits(sent: MailboxId, head: Uid, group: Sequence[Spot], turns: Mapping[Spot, ReplyState], mine: set[str]) -> bool:
    last = turns.get((sent, head))
    if last is None or last.automatic or last.recipients > MANY:
        return False
    if not any(_may_answer(one, mine) for one in last.people):
        return False
    there = [(spot, turns[spot]) for spot in group if spot in turns]
    others = [turn for _spot, turn in there if turn.sender not in mine and not turn.automatic]
    if any(last.message_id in turn.names or turn.at > last.at for turn in others):
        return False
    return _expects(last, {turn.message_id: turn for (folder, _uid), turn in there if folder == sent})


def _may_answer(address: str, mine: set[str]) -> bool:
    return address not in mine and _NOBODY.fullmatch(address) is None


def _expects(turn: ReplyState | None, own: dict[str, ReplyState]) -> bool:
    """`own`: all that its author has sent in the exchange, by name. A reminder expects what it reminds of."""
    while turn is not None:
        if turn.asks:
            return True
        if turn.forward:
            return False
        if not turn.answers:
            return True
        turn = own.pop(turn.answers, None)
    return False


def _turns(
    link: FolderConnection, directory: FolderList, known: KnownFolder, spots: Iterable[Spot]
) -> dict[Spot, ReplyState]:
    wanted: dict[MailboxId, list[Uid]] = {}
    for folder, uid in spots:
        wanted.setdefault(folder, []).append(uid)
    found: dict[Spot, ReplyState] = {}
    for folder in sorted(wanted, key=lambda one: one == known.id):
        try:
            found |= _turns_in(link, directory.find(folder), wanted[folder], own=folder == known.id)
        except (FolderMovedError, NoSuchFolderError):
            continue  # the next list of folders says what became of it
    return found


def _turns_in(link: FolderConnection, known: KnownFolder, uids: Sequence[Uid], *, own: bool) -> dict[Spot, ReplyState]:
    cache = link.memory.turns
    lacking = [uid for uid in uids if cache.get(known.id, known.validity, uid) is None]
    if lacking:
        items = WANTED_OF_ONES_OWN if own else WANTED
        answer = link.read_in(known, [b"UID FETCH %s %s" % (some, items) for some in uid_sets(lacking)])
        require_unless_gone(answer)
        for message in parse_fetch_rows(answer.data):
            if message.whole:
                cache.put(known.id, known.validity, parse_reply_state(message))
    found = {(known.id, uid): cache.get(known.id, known.validity, uid) for uid in uids}
    return {spot: turn for spot, turn in found.items() if turn is not None}
