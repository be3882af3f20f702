"""A file comes in pieces, one after the other; each whole chunk counts once it is on the disk. After a lost network
the browser asks how far it is and goes on from there."""

import fcntl
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import BinaryIO, Protocol

from django.db import transaction

from vaguemestre.accounts.models import Account
from vaguemestre.handouts import limits, sealed
from vaguemestre.handouts.models import Handout
from vaguemestre.handouts.sealed import CHUNK, Seal

PIECE = 4 * CHUNK  # what the browser sends at a time
MOST_OF_A_REQUEST = 16 * CHUNK
PLAIN = "application/octet-stream"


class Stream(Protocol):
    def read(self, size: int, /) -> bytes: ...


class WrongPlace(Exception):
    """Another window, or the request before this one, has sent that already."""


def begin(account: Account, letter: str, name: str, size: int, declared: str, now: datetime) -> Handout:
    """The same file of the same draft goes on where it stopped. Raises `limits.Refused` before a row is made."""
    with transaction.atomic():
        Account.objects.select_for_update().get(pk=account.pk)  # two windows at once count together
        coming = Handout.objects.filter(account=account, letter=letter, name=name, size=size, received__lt=size)
        if found := coming.first():
            return found
        limits.check(account.key, letter, size)
        kind = declared if declared.isascii() and 3 <= len(declared) <= 127 else PLAIN
        return Handout.objects.create(
            key=secrets.token_hex(16), account=account, letter=letter, name=name, size=size, type=kind,
            key_number=sealed.newest_key(), created_at=now, touched_at=now,
        )  # fmt: skip


def append(handout: Handout, place: int, stream: Stream, now: datetime) -> None:
    """`place`: where the piece begins, which is up to where the file is here. A chunk that was cut is as if it had not
    been sent."""
    with _alone(handout) as file:
        handout.refresh_from_db(fields=["received"])
        if place != handout.received:
            raise WrongPlace
        for count, clear in _chunks(stream, handout):
            _seal_of(handout).write(file, handout.received // CHUNK, clear)
            handout.received += count
        file.flush()
        os.fsync(file.fileno())
        handout.touched_at = now
        handout.save(update_fields=["received", "touched_at"])


def take(account: Account, letter: str, name: str, file: Path, declared: str, now: datetime) -> Handout:
    """One that the server has already."""
    handout = begin(account, letter, name, file.stat().st_size, declared, now)
    with file.open("rb") as stream:
        while not handout.complete:
            stream.seek(handout.received)
            append(handout, handout.received, stream, now)
    return handout


def read(handout: Handout, start: int, end: int) -> Iterator[bytes]:
    with handout.path.open("rb") as file:
        yield from _seal_of(handout).read(file, start, end)


def remove(handout: Handout) -> None:
    path = handout.path
    handout.delete()
    path.unlink(missing_ok=True)


def _chunks(stream: Stream, handout: Handout) -> Iterator[tuple[int, bytes]]:
    """Whole ones, and the last of the file, however short."""
    for _turn in range(MOST_OF_A_REQUEST // CHUNK):
        wanted = min(CHUNK, handout.size - handout.received)
        clear = _whole(stream, wanted)
        if not wanted or len(clear) < wanted:
            return
        yield wanted, clear


def _whole(stream: Stream, wanted: int) -> bytes:
    pieces, count = [], 0
    while count < wanted and (piece := stream.read(wanted - count)):
        pieces.append(piece)
        count += len(piece)
    return b"".join(pieces)


@contextmanager
def _alone(handout: Handout) -> Iterator[BinaryIO]:
    """One request at a time writes a file; what another process has cut short is written over."""
    descriptor = os.open(handout.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    with os.fdopen(descriptor, "r+b") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield file


def _seal_of(handout: Handout) -> Seal:
    return Seal(handout.key, handout.size, handout.key_number)
