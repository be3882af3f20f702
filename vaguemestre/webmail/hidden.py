"""Who was written to in hidden copy. The copy in Sent names nobody: what is handed on or shown with it would tell. It
holds a seal of each address instead, so that one that a report of failure names can be known for one of them."""

from base64 import urlsafe_b64encode
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from shutil import copyfileobj
from tempfile import SpooledTemporaryFile
from typing import IO

from django.utils.crypto import salted_hmac

from vaguemestre.mailbox.messages import Message

FIELD = "X-Vaguemestre-Hidden"
A_FIELD = 300  # seals of 16 letters: no more of one field is read than 8 KB
IN_MEMORY = 1024 * 1024


@contextmanager
def with_seals(raw: IO[bytes], message_id: str, addresses: Sequence[str]) -> Iterator[IO[bytes]]:
    """The message as it is filed."""
    if not addresses:
        yield raw
        return
    seals = [_seal(message_id, address) for address in addresses]
    with SpooledTemporaryFile(max_size=IN_MEMORY) as whole:
        for start in range(0, len(seals), A_FIELD):
            lines = "\r\n ".join(seals[start : start + A_FIELD])
            whole.write(f"{FIELD}: {lines}\r\n".encode("ascii"))
        copyfileobj(raw, whole)
        yield whole


def names(message: Message, address: str) -> bool:
    """Whether this message of Sent went to that address in hidden copy."""
    fields = message.headers.all(FIELD)
    return bool(fields) and _seal(message.message_id, address) in " ".join(fields).split()


def _seal(message_id: str, address: str) -> str:
    said = f"{message_id.strip('<>')} {address.lower()}"
    digest = salted_hmac("vaguemestre.webmail.hidden", said, algorithm="sha256").digest()
    return urlsafe_b64encode(digest[:12]).decode("ascii")
