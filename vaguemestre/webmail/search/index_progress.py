"""A search while the index that it asks is being made: what can be found so far, and how far the index is.

Mail is read for searching as it comes. Where much came at once, or the server makes an index again, Dovecot answers
nothing that is asked of a text before it has read everything (`unindexed_search.py`): nobody waits for that before a
blank page.
"""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from time import monotonic

from django.utils.translation import gettext as _

from vaguemestre.engine import doveadm
from vaguemestre.mailbox.errors import MailboxError, MailboxRefusedError, NoAnswerError
from vaguemestre.mailbox.imap.list_filters import SortOrder
from vaguemestre.mailbox.imap.query.search_query import LEFT_OUT, Query
from vaguemestre.mailbox.imap.search.search_results import SearchResults
from vaguemestre.mailbox.imap.session import Session
from vaguemestre.mailbox.messages import Folder, Quota
from vaguemestre.mailbox.values import MailboxId
from vaguemestre.web.number_text import number_text

type Answered = tuple[SearchResults, list[Folder], Quota | None]

logger = logging.getLogger(__name__)
PATIENCE = 3.0  # seconds for an answer, before it is looked whether the index is why none came
# Seconds in which that is looked at first, for everybody: the indexer has much to do. Then Dovecot is asked again,
# which sets it going if it stands still.
REMEMBERED = 30.0
FEW = 50  # messages that are put into the index at once: mail that came while the indexer reads other mailboxes


@dataclass(frozen=True, slots=True)
class IndexProgress:
    """Messages of what is searched. `unread`: the folders whose texts were not looked at."""

    ready: int
    total: int
    unread: tuple[Folder, ...]

    def __str__(self) -> str:
        words = {"ready": number_text(self.ready), "total": number_text(self.total)}
        return _("%(ready)s messages ready of %(total)s") % words


@dataclass(frozen=True, slots=True)
class _State:
    folders: Sequence[Folder]  # that are searched
    left: Mapping[MailboxId, int]  # by folder: its messages of which the index does not hold the text

    @property
    def whole(self) -> frozenset[MailboxId]:
        return frozenset(folder for folder, some in self.left.items() if not some)

    @property
    def missing(self) -> int:
        return sum(self.left.values())

    def progress(self, whole: frozenset[MailboxId]) -> IndexProgress:
        total = sum(folder.total for folder in self.folders)
        unread = tuple(folder for folder in self.folders if folder.total and folder.id not in whole)
        return IndexProgress(total - self.missing, total, unread)


class _Indexer:
    """As this process has seen it last."""

    busy_until = 0.0

    @classmethod
    def is_busy(cls) -> bool:
        return monotonic() < cls.busy_until

    @classmethod
    def seen_busy(cls) -> None:
        cls.busy_until = monotonic() + REMEMBERED


def search_with_progress(
    session: Session, key: str, query: Query, *, start: int, count: int, order: SortOrder
) -> tuple[SearchResults, list[Folder], Quota | None, IndexProgress | None]:
    """As `Session.search`, at the same cost; with an `IndexProgress`, what is found without the texts not ready."""
    ask = partial(session.search, query, start=start, count=count, order=order)
    if not (query.asks_for_texts or query.asks_for_subjects_alone):
        return *ask(), None
    state = _state(session, key, query) if _Indexer.is_busy() else None
    if state is None:
        try:
            return *ask(patience=PATIENCE), None
        except MailboxError as error:
            state = _state(session, key, query) if _has_waited(error) else None
            if state is None:
                raise
        if state.missing:
            _Indexer.seen_busy()
    if _completed(key, state):
        try:
            return *ask(patience=PATIENCE if state.missing else None), None
        except MailboxError as error:
            if not _has_waited(error):
                raise
    return _so_far(ask, state)


def _has_waited(error: MailboxError) -> bool:
    """In vain, perhaps for the index: Dovecot gives that up by itself after half a minute ("INUSE")."""
    return isinstance(error, NoAnswerError) or (isinstance(error, MailboxRefusedError) and error.code == "INUSE")


def _completed(key: str, state: _State) -> bool:
    """Whether the index holds everything by now."""
    if state.missing > FEW:
        return False
    try:
        for folder in state.folders:
            if folder.id and state.left[folder.id]:
                doveadm.index(key, str(folder.name))
    except doveadm.DoveadmError as error:
        logger.warning("index of %s: %s", key, error)
        return False
    return True


def _so_far(
    ask: Callable[..., Answered], state: _State
) -> tuple[SearchResults, list[Folder], Quota | None, IndexProgress]:
    try:
        return *ask(whole=state.whole, patience=3 * PATIENCE), state.progress(state.whole)
    except NoAnswerError:  # mail that came this moment, to a folder that was whole
        nothing: frozenset[MailboxId] = frozenset()
        return *ask(whole=nothing), state.progress(nothing)


def _state(session: Session, key: str, query: Query) -> _State | None:
    """None: Dovecot does not say."""
    folders = _searched(session, query)
    try:
        indexed = doveadm.indexed(key)
    except doveadm.DoveadmError as error:
        logger.warning("index of %s: %s", key, error)
        return None
    return _State(folders, {folder.id: _left(folder, indexed.get(folder.id)) for folder in folders if folder.id})


def _searched(session: Session, query: Query) -> Sequence[Folder]:
    folders = [folder for folder in session.folders() if folder.id]
    if query.folder:
        return [folder for folder in folders if folder.id == query.folder]
    return [one for one in folders if one.id and not any(session.lies_in(one.id, role) for role in LEFT_OUT)]


def _left(folder: Folder, indexed: doveadm.Indexed | None) -> int:
    """How many of its messages are not in the index. The last one's number is lower where the newest were deleted."""
    if indexed is None or not folder.total:
        return folder.total
    if indexed.last_uid >= folder.uid_next - 1 or indexed.messages >= folder.total:
        return 0
    return folder.total - indexed.messages
