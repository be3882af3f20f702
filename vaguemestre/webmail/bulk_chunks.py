"""One chunk of a bulk act: what the row must say before the mail server is told, and what it says then.

Each function answers the columns to write. Flags and deletions may be told twice without harm; a move may not be told
without knowing what became of it, hence `pending_from`.
"""

from vaguemestre.mailbox.matching import Bears, State
from vaguemestre.mailbox.session import Session
from vaguemestre.mailbox.uid_sets import UidSet
from vaguemestre.mailbox.values import FLAGGED, SEEN, Flag, MailboxId
from vaguemestre.webmail.models import BulkAct
from vaguemestre.webmail.snooze import waiting

Verb = BulkAct.Verb
type Columns = dict[str, object]
MOVES = frozenset({Verb.MOVE, Verb.LATER})
# Which of the chunk the act changes, so that an undo changes no other; the flags that go on, and off.
FLAGS: dict[str, tuple[State, list[Flag], list[Flag]]] = {
    Verb.READ: ("unseen", [SEEN], []),
    Verb.UNREAD: ("seen", [], [SEEN]),
    Verb.STAR: ("unflagged", [FLAGGED], []),
    Verb.UNSTAR: ("flagged", [], [FLAGGED]),
}
type Change = tuple[State | Bears, list[Flag], list[Flag]]


def prepared(act: BulkAct, session: Session, size: int) -> Columns:
    chunk, rest = UidSet.read(act.todo).highest(size)
    next_number = 0
    if act.verb in MOVES:
        target = next((folder for folder in session.folders() if folder.id == act.target), None)
        next_number = target.uid_next if target else 0
    elif change := _change(act):
        chunk = session.among(MailboxId(act.source), chunk, change[0])
    return {"pending": str(chunk), "pending_from": next_number, "todo": str(rest)}


def done(act: BulkAct, session: Session) -> Columns:
    """The chunk is told to the mail server."""
    chunk, source = UidSet.read(act.pending), MailboxId(act.source)
    if not chunk:
        return _counted(act, UidSet(()))
    if act.verb == Verb.MOVE:
        target, undo = MailboxId(act.target), act.undoes_id is not None
        moved = waiting.move(act.account_id, session, source, chunk.uids, target, undo=undo)
        return _counted(act, UidSet.of(moved.values()))
    if act.verb == Verb.LATER and act.until:
        _later, put_off = waiting.put_off(act.account, session, source, chunk.uids, act.until)
        return _counted(act, UidSet.of(put_off.values()))
    if change := _change(act):
        _state, add, remove = change
        session.store(source, chunk.uids, add=add, remove=remove)
        return _counted(act, chunk)
    session.delete(source, chunk.uids)
    return _counted(act, UidSet(()))


def settled(act: BulkAct, session: Session) -> Columns:
    """After a crash: was the chunk done? Flags are told again; what has not moved is left to do; what has is looked for
    among what its new folder got since. When others came there too, nobody can say which it is: it stays."""
    if act.verb not in MOVES:
        return done(act, session)
    chunk, source = UidSet.read(act.pending), MailboxId(act.source)
    here = session.among(source, chunk, "all")
    gone = chunk.without(here)
    arrived = session.matching(MailboxId(act.target), low=max(1, act.pending_from)) if gone else UidSet(())
    found = arrived if len(arrived) == len(gone) else UidSet(())
    todo = UidSet.read(act.todo).united(here)
    return {**_counted(act, found), "todo": str(todo), "done": act.total - len(todo)}


def _change(act: BulkAct) -> Change | None:
    """What it does to flags; None for the other acts."""
    if act.verb in {Verb.LABEL, Verb.UNLABEL}:
        keyword, put = Flag(act.flag), act.verb == Verb.LABEL
        return Bears(keyword, yes=not put), [keyword] if put else [], [] if put else [keyword]
    return FLAGS.get(act.verb)


def _counted(act: BulkAct, changed: UidSet) -> Columns:
    return {
        "pending": "",
        "changed": str(UidSet.read(act.changed).united(changed)),
        "done": act.total - len(UidSet.read(act.todo)),
    }
