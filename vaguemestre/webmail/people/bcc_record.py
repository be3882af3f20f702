"""Who was written to in hidden copy. The copy in Sent names nobody: what is handed on or shown with it would tell. It
holds a seal of each address instead, so that one that a report of failure names can be known for one of them: by its
author alone, and it is left out of what is handed on. Whoever has the copy could otherwise ask us about an address."""

import re
from base64 import urlsafe_b64encode
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from shutil import copyfileobj
from tempfile import SpooledTemporaryFile
from typing import IO

from django.utils.crypto import salted_hmac

from vaguemestre.accounts.models import Account
from vaguemestre.mailbox.messages import Message

SALT = "vaguemestre.webmail.hidden"  # seals every message in Sent that had hidden copies: a new one loses them
FIELD = "X-Vaguemestre-Hidden"
A_FIELD = 300  # seals of 16 letters: no more of one field is read than 8 KB
IN_MEMORY = 1024 * 1024
_HEAD = 1024 * 1024  # of a longer head no more is looked at: the seals of a copy stand first
_END = re.compile(rb"^\r?\n", re.MULTILINE)
_SEALS = re.compile(rb"^%s[ \t]*:.*(?:\n[ \t].*)*(?:\n|\Z)" % FIELD.encode(), re.IGNORECASE | re.MULTILINE)


@contextmanager
def with_seals(raw: IO[bytes], account_key: str, message_id: str, addresses: Sequence[str]) -> Iterator[IO[bytes]]:
    """The message as its author's copy is filed."""
    if not addresses:
        yield raw
        return
    seals = [_seal(account_key, message_id, address) for address in addresses]
    with SpooledTemporaryFile(max_size=IN_MEMORY) as whole:
        for start in range(0, len(seals), A_FIELD):
            lines = "\r\n ".join(seals[start : start + A_FIELD])
            whole.write(f"{FIELD}: {lines}\r\n".encode("ascii"))
        copyfileobj(raw, whole)
        yield whole


def without_seals(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """The message as it is handed on or saved: otherwise byte for byte the same, whatever lies within it."""
    pieces, head, end = iter(pieces), b"", None
    for piece in pieces:
        head += piece
        if (end := _END.search(head)) or len(head) > _HEAD:
            break
    length = end.end() if end else len(head)
    yield _SEALS.sub(b"", head[:length]) + head[length:]
    yield from pieces


def was_in_bcc(account: Account, message: Message, address: str) -> bool:
    """Whether this message of the account's Sent went from it to that address in hidden copy."""
    fields = message.headers.all(FIELD)
    return bool(fields) and _seal(account.key, message.message_id, address) in " ".join(fields).split()


def _seal(account_key: str, message_id: str, address: str) -> str:
    said = f"{account_key} {message_id.strip('<>')} {address.lower()}"
    digest = salted_hmac(SALT, said, algorithm="sha256").digest()
    return urlsafe_b64encode(digest[:12]).decode("ascii")
