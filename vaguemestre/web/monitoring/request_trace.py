"""One id for what a person asked for: nginx gives it (`$request_id`), every line that is logged meanwhile bears it, and
a message that was sent then keeps it until it has left. No Django: formatters and daemons use it too."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from uuid import uuid4

LENGTH = 32
_ID = re.compile(rf"[0-9a-f]{{{LENGTH}}}")


@dataclass(frozen=True)
class Trace:
    """`imap_sessions`: as Dovecot calls them in its log."""

    id: str
    imap_sessions: set[str] = field(default_factory=set)


_current: ContextVar[Trace | None] = ContextVar("request_trace", default=None)


def current_id() -> str:
    """Empty outside of a request."""
    trace = _current.get()
    return trace.id if trace else ""


def note_imap_session(name: str) -> None:
    if (trace := _current.get()) and name:
        trace.imap_sessions.add(name)


@contextmanager
def following(told: str) -> Iterator[Trace]:
    """Until it ends, all that is logged bears this id. What is no id at all becomes a new one."""
    outer = _current.get()
    if outer and outer.id == told:
        yield outer
        return
    trace = Trace(told if _ID.fullmatch(told) else uuid4().hex)
    token = _current.set(trace)
    try:
        yield trace
    finally:
        _current.reset(token)
