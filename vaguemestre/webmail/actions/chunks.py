"""One chunk of a bulk act: what the row must say before the mail server is told, and what it says then.

Each function answers the columns to write. Flags and deletions may be told twice without harm; a move may not be told
without knowing what became of it, hence `pending_from`.
"""

from django.db.models import Q

from vaguemestre.mailbox.errors import MailboxRefusedError
from vaguemestre.mailbox.imap.list_filters import HasKeyword, State
from vaguemestre.mailbox.imap.session import Session
from vaguemestre.mailbox.imap.uid_sets import UidSet
from vaguemestre.mailbox.values import FLAGGED, SEEN, Flag, MailboxId
from vaguemestre.webmail.models import BulkAct, Snoozed
from vaguemestre.webmail.snooze import snoozed_messages, wakeups

Verb = BulkAct.Verb
type Columns = dict[str, object]
MOVES = frozenset({Verb.MOVE, Verb.LATER})
STORED_AGAIN = 5  # what is brought back before its hour goes one by one: so many in the request, or until a stop
# Which of the chunk the act changes, so that an undo changes no other; the flags that continue, and off.
FLAGS: dict[str, tuple[State, list[Flag], list[Flag]]] = {
    Verb.READ: ("unseen", [SEEN], []),
    Verb.UNREAD: ("seen", [], [SEEN]),
    Verb.STAR: ("unflagged", [FLAGGED], []),
    Verb.UNSTAR: ("flagged", [], [FLAGGED]),
}
type Change = tuple[State | HasKeyword, list[Flag], list[Flag]]


def prepare_chunk(act: BulkAct, session: Session, size: int) -> Columns:
    chunk, rest = UidSet.read(act.todo).highest(min(size, STORED_AGAIN) if act.brings_back else size)
    next_number, total = 0, act.total
    if act.brings_back:
        theirs = wakeups.claimed_elsewhere(act.account_id, MailboxId(act.source), chunk, but=act.pk)
        chunk, total = chunk.without(theirs), total - len(theirs)
    if act.verb in MOVES:
        target = next((folder for folder in session.folders() if folder.id == act.target), None)
        next_number = target.uid_next if target else 0
    elif change := _change(act):
        chunk = session.among(MailboxId(act.source), chunk, change[0])
    return {"pending": str(chunk), "pending_from": next_number, "todo": str(rest), "total": total}


def apply_chunk(act: BulkAct, session: Session) -> Columns:
    """The chunk is told to the mail server."""
    chunk, source = UidSet.read(act.pending), MailboxId(act.source)
    if not chunk:
        return _counted(act, UidSet(()))
    if act.verb == Verb.MOVE:
        target, undo = MailboxId(act.target), act.undoes_id is not None
        moved = snoozed_messages.move_snoozed(act.account_id, session, source, chunk.uids, target, undo=undo)
        return _counted(act, UidSet.of(moved.values()))
    if act.brings_back:
        return _brought_back(act, session)
    if act.verb == Verb.LATER and act.until:
        _later, put_off = snoozed_messages.snooze(act.account, session, source, chunk.uids, act.until)
        return _counted(act, UidSet.of(put_off.values()))
    if change := _change(act):
        _state, add, remove = change
        session.store(source, chunk.uids, add=add, remove=remove)
        return _counted(act, chunk)
    session.delete(source, chunk.uids)
    return _counted(act, UidSet(()))


def settle_chunk(act: BulkAct, session: Session) -> Columns:
    """After a crash: was the chunk done? Flags are told again; what has not moved is left to do; what has is looked for
    among what its new folder got since. When others came there too, nobody can say which it is: it stays."""
    if act.verb not in MOVES:
        return apply_chunk(act, session)
    if act.brings_back:
        return _settled_one_by_one(act, session)
    chunk = UidSet.read(act.pending)
    here = session.among(MailboxId(act.source), chunk, "all")
    gone = chunk.without(here)
    arrived = session.matching(MailboxId(act.target), low=max(1, act.pending_from)) if gone else UidSet(())
    found = arrived if len(arrived) == len(gone) else UidSet(())
    _hours_follow(act, session, gone, found)
    return _left(_counted(act, found), act, here)


def _hours_follow(act: BulkAct, session: Session, gone: UidSet, found: UidSet) -> None:
    """The server keeps their order. Into "Plus tard", whatever came there has what was written down for it."""
    source, target, later = MailboxId(act.source), MailboxId(act.target), session.by_role("later")
    if act.verb == Verb.MOVE and found:
        moved = dict(zip(gone.uids, found.uids, strict=True))
        snoozed_messages.follow_moves(act.account_id, session, source, moved, target, undo=act.undoes_id is not None)
    if later and later.id == target:
        snoozed_messages.adopt_orphans(act.account_id, session, target, since=act.pending_from)


def _brought_back(act: BulkAct, session: Session) -> Columns:
    """One by one: when the mailbox refuses one of them, those before it are home. What was no longer there is none,
    except what a crash cut short just when it was moved."""
    source, at = MailboxId(act.source), act.created_at.replace(microsecond=0)
    homes: list[wakeups.ReturnTarget | None] = []
    try:
        for uid in UidSet.read(act.pending).uids:
            row = wakeups.waiting_row(act.account, source, uid)
            begun = row.since is not None
            homes.append(wakeups.return_to_folder(session, row, at))
            act.total -= homes[-1] is None and not begun
    except MailboxRefusedError:
        if not homes:
            raise
        return {**_settled_one_by_one(act, session), "total": act.total}
    changed = UidSet.of(one.uid for one in homes if one and one.folder == act.target)
    return {**_counted(act, changed), "total": act.total}


def _settled_one_by_one(act: BulkAct, session: Session) -> Columns:
    """Its row says of each how far it came; what is home is known there, with its hour."""
    chunk, source = UidSet.read(act.pending), MailboxId(act.source)
    mine = Snoozed.objects.filter(account=act.account_id)
    begun = mine.filter(folder=source).filter(Q(uid__in=chunk.uids) | Q(former__in=chunk.uids))
    numbers = list(begun.values_list("uid", "former"))
    here = session.among(source, chunk, "all").without(UidSet.of(former for _uid, former in numbers if former))
    home = mine.filter(folder=act.target, since=snoozed_messages.AWAY, uid__gte=act.pending_from).values_list(
        "uid", flat=True
    )
    left = here.united(UidSet.of(uid for uid, _former in numbers if uid))
    return _left(_counted(act, UidSet.of(uid for uid in home if uid)), act, left)


def _left(columns: Columns, act: BulkAct, uids: UidSet) -> Columns:
    """These are still to be done."""
    todo = UidSet.read(act.todo).united(uids)
    return {**columns, "todo": str(todo), "done": act.total - len(todo)}


def _change(act: BulkAct) -> Change | None:
    """What it does to flags; None for the other acts."""
    if act.verb in {Verb.LABEL, Verb.UNLABEL}:
        keyword, put = Flag(act.flag), act.verb == Verb.LABEL
        return HasKeyword(keyword, yes=not put), [keyword] if put else [], [] if put else [keyword]
    return FLAGS.get(act.verb)


def _counted(act: BulkAct, changed: UidSet) -> Columns:
    return {
        "pending": "",
        "changed": str(UidSet.read(act.changed).united(changed)),
        "done": act.total - len(UidSet.read(act.todo)),
    }
