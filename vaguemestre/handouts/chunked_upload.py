"""A file comes in pieces, one after the other; each whole chunk counts once it is on the disk. After a lost network
the browser asks how far it is and continues from there."""

import fcntl
import logging
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import BinaryIO, Protocol

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.db import transaction
from django.db.models import Q

from vaguemestre.accounts import secret_sealing
from vaguemestre.accounts.models import Account
from vaguemestre.accounts.secret_sealing import Purpose
from vaguemestre.handouts import encrypted_file, limits
from vaguemestre.handouts.encrypted_file import CHUNK, Seal
from vaguemestre.handouts.models import Handout
from vaguemestre.handouts.range_download import PLAIN

MOST_OF_A_REQUEST = 16 * CHUNK
logger = logging.getLogger(__name__)


class Stream(Protocol):
    def read(self, size: int, /) -> bytes: ...


class WrongOffsetError(Exception):
    """Another window, or the request before this one, has sent that already."""


def begin_upload(
    account: Account, letter: str, name: str, size: int, declared: str, now: datetime, *, modified: int | None = None
) -> Handout:
    """The same file of the same draft continues where it stopped: a file that was changed meanwhile is another one, and
    so is one of which nobody says when it was (`modified`). Raises `limits.UploadRefusedError` before a row is made."""
    with transaction.atomic():
        Account.objects.select_for_update().get(pk=account.pk)  # two windows at once count together
        mine = Handout.objects.filter(account=account, letter=letter, delivered_at=None)
        mine.update(let_go_at=None)  # somebody is writing it
        same = mine.filter(name=name, size=size, modified=modified, sent_at=None)
        if modified is not None and (found := same.filter(Q(received__lt=size) | Q(modified__lt=0)).first()):
            Handout.objects.filter(pk=found.pk).update(touched_at=now)
            return found
        limits.check_limits(account.key, letter, size)
        kind = declared if declared.isascii() and 3 <= len(declared) <= 127 else PLAIN
        return Handout.objects.create(
            key=secrets.token_hex(16), account=account, letter=letter, name=name, size=size, type=kind,
            key_number=secret_sealing.key_of(Purpose.HANDOUT)[0], created_at=now, touched_at=now, modified=modified,
        )  # fmt: skip


def append_chunk(handout: Handout, place: int, stream: Stream, now: datetime) -> None:
    """`place`: where the piece begins, which is up to where the file is here. A chunk that was cut is as if it had not
    been sent. Raises Handout.DoesNotExist when it was taken out meanwhile."""
    with _alone(handout) as file:
        handout.refresh_from_db(fields=["received"])
        if place != handout.received:
            raise WrongOffsetError
        for count, clear in _chunks(stream, handout):
            _seal_of(handout).write(file, handout.received // CHUNK, clear)
            handout.received += count
        file.flush()
        os.fsync(file.fileno())
        handout.touched_at = now
        if not Handout.objects.filter(pk=handout.pk).update(received=handout.received, touched_at=now):
            raise Handout.DoesNotExist


def take_file(
    account: Account, letter: str, name: str, file: Path, declared: str, now: datetime, *, number: int
) -> Handout:
    """One that the server has already, as the attachment `number`. Asked twice at once, both make one."""
    handout = begin_upload(account, letter, name, file.stat().st_size, declared, now, modified=-number)
    with file.open("rb") as stream:
        while not handout.complete:
            stream.seek(handout.received)
            with suppress(WrongOffsetError):
                append_chunk(handout, handout.received, stream, now)
    return handout


def read_range(handout: Handout, start: int, end: int) -> Iterator[bytes]:
    with handout.path.open("rb") as file:
        yield from _seal_of(handout).read(file, start, end)


def file_key(handout: Handout) -> bytes:
    """Opens this file and no other."""
    _number, secret = secret_sealing.key_of(Purpose.HANDOUT, handout.key_number)
    return HKDF(algorithm=hashes.SHA256(), length=32, salt=None, info=handout.key.encode()).derive(secret)


def is_complete(handout: Handout) -> bool:
    """Whole, as its row says. What was changed inside is found when it is read."""
    try:
        with handout.path.open("rb") as file:
            there = os.fstat(file.fileno()).st_size == encrypted_file.sealed_length(handout.size)
    except OSError:
        there = False
    if not there:
        logger.error("file by link %s: not whole on the disk", handout.key)
    return there


def remove_handout(handout: Handout) -> None:
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
    # The folder's group, which `files` is, may read what is sealed in it.
    descriptor = os.open(handout.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o640)
    with os.fdopen(descriptor, "r+b") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        try:
            yield file
        except Handout.DoesNotExist:
            handout.path.unlink(missing_ok=True)
            raise


def _seal_of(handout: Handout) -> Seal:
    return Seal(file_key(handout), handout.size)
