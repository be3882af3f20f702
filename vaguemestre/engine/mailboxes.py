"""A mailbox as a whole, whoever may sign in to it: what is in it, message by message, and its end."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.conf import settings

from vaguemestre.engine.doveadm_protocol import DoveadmRefusedError, DoveadmUnavailableError, Field, ask, asked

logger = logging.getLogger(__name__)
NO_USER = "NOUSER"
NOT_FOUND = "NOTFOUND"
WITHDRAWN = "~withdrawn/*"  # what only Dovecot's administration sees (withdrawn.py); listed when named
RECOVERABLE = "Recoverable/Messages"  # where Dovecot lays aside what is deleted for good; in no list


@dataclass(frozen=True)
class FolderSize:
    name: str  # UTF-8, "/" between levels
    messages: int
    octets: int


@dataclass(frozen=True)
class StoredMessage:
    """`text` must be read before the next message is asked for."""

    uid: int
    received: int  # seconds
    flags: str
    text: Field


def folders(key: str) -> list[FolderSize]:
    said = ask(key, "mailbox status", "messages vsize", "*")
    return [FolderSize(name, int(count), int(octets)) for name, count, octets in zip(*[iter(said)] * 3, strict=True)]


def is_empty(key: str) -> bool:
    """Nothing has ever reached it, as far as the mail server says. When it says nothing: no."""
    try:
        return not any(folder.messages for folder in folders(key))
    except DoveadmRefusedError as refused:
        return str(refused) in {NO_USER, NOT_FOUND}
    except DoveadmUnavailableError:
        return False


@contextmanager
def messages(key: str, folder: str, *, after: int) -> Iterator[Iterator[StoredMessage]]:
    """Those with a higher UID, in order. Leaving before the end costs nothing."""
    wanted = ("mailbox", folder, "uid", f"{after + 1}:*")
    with asked(key, "fetch", "uid date.received.unixtime flags text", *wanted) as fields:
        yield _messages(fields, after)


def _messages(fields: Iterator[Field], after: int) -> Iterator[StoredMessage]:
    for field in fields:
        uid, received, flags = int(field.text()), int(next(fields).text()), next(fields).text()
        message = StoredMessage(uid, received, flags, next(fields))
        if uid > after:  # "n:*" names the last message even when its number is lower
            yield message


def delete_mailbox(key: str, now: datetime) -> None:  # noqa: ARG001 - the shape of every purger
    """Every folder with its messages, indexes and words, what was withdrawn, the person’s filters. An empty home stays.

    Raises DoveadmUnavailableError. Whoever never received anything has nothing to delete.
    """
    if settings.DATA is None:
        return
    names = [*_asked_of(key, "mailbox list"), *_asked_of(key, "mailbox list", WITHDRAWN)]
    # Children first: a parent alone is deleted without them, and a mere parent goes with its last child.
    for name in sorted(names, key=lambda name: -name.count("/")):
        _asked_of(key, "mailbox delete", "-Z", "-s", name)
    _asked_of(key, "mailbox delete", "-Z", RECOVERABLE)  # last, and by its name: what was just deleted lies there
    for script in _asked_of(key, "sieve list")[::2]:  # fields of two: the name, and whether it is the active one
        _asked_of(key, "sieve delete", "-a", script)
    _forget_reply(settings.DATA, key)


def _asked_of(key: str, command: str, *arguments: str) -> list[str]:
    """What is not there needs no deleting."""
    try:
        return ask(key, command, *arguments)
    except DoveadmRefusedError as refused:
        if str(refused) not in {NO_USER, NOT_FOUND}:
            raise
        logger.info("purge of %s: %s %s", key, command, refused)
        return []


def _forget_reply(data: Path, key: str) -> None:
    (data / "replies" / f"{key}.sieve").unlink(missing_ok=True)
