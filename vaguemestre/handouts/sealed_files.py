"""Files of another room, sealed in the same folder and served by the same process: one copy for all who may open it.
That room keeps their rows, decides whom they open to, and names them (`ports.kept_files`)."""

import hashlib
import os
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.http import HttpResponse
from django.utils.http import content_disposition_header

from vaguemestre.accounts import secret_sealing
from vaguemestre.accounts.secret_sealing import Purpose
from vaguemestre.handouts.encrypted_file import CHUNK, DamagedFileError, Seal
from vaguemestre.web import file_tickets
from vaguemestre.web.file_redirects import redirect_to_files


@dataclass(frozen=True, slots=True)
class SealedFile:
    """`key` names it on the disk, `key_number` the secret that it is sealed under, `digest` its bytes (SHA-256)."""

    key: str
    key_number: int
    size: int
    digest: str


def keep_file(source: BinaryIO, size: int) -> SealedFile:
    """On the disk once this returns."""
    key, number = secrets.token_hex(16), secret_sealing.key_of(Purpose.HANDOUT)[0]
    seal, digest = Seal(_file_key(key, number), size), hashlib.sha256()
    # The folder's group, which `files` is, may read what is sealed in it.
    descriptor = os.open(_path(key), os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o640)
    with os.fdopen(descriptor, "wb") as file:
        count = 0
        while piece := source.read(CHUNK):
            seal.write(file, count, piece)
            digest.update(piece)
            count += 1
        file.flush()
        os.fsync(file.fileno())
    return SealedFile(key, number, size, digest.hexdigest())


def is_whole(file: SealedFile) -> bool:
    """Its bytes open, and are those that were kept."""
    found = hashlib.sha256()
    try:
        with _path(file.key).open("rb") as sealed:
            for piece in Seal(_file_key(file.key, file.key_number), file.size).read(sealed, 0, file.size):
                found.update(piece)
    except (DamagedFileError, OSError):
        return False
    return found.hexdigest() == file.digest


def remove_file(key: str) -> None:
    _path(key).unlink(missing_ok=True)


def file_response(file: SealedFile, name: str) -> HttpResponse:
    """Saved, never shown: for whom the caller has let in."""
    facts = {"key": file.key, "size": file.size, "seal": _file_key(file.key, file.key_number).hex()}
    response = redirect_to_files(file_tickets.HANDOUT, facts)
    response["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    return response


def _path(key: str) -> Path:
    return Path(settings.MAIL["handouts"]) / key


def _file_key(key: str, number: int) -> bytes:
    _number, secret = secret_sealing.key_of(Purpose.HANDOUT, number)
    return HKDF(algorithm=hashes.SHA256(), length=32, salt=None, info=key.encode()).derive(secret)
