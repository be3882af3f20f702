"""A large file on the disk, sealed chunk by chunk: any part of it is read without the rest, in the memory of a chunk.

On the disk each chunk is nonce, ciphertext, tag (AES-256-GCM). Its number and the file's size are sealed with it, so
that chunks changed, exchanged or left out are found. Each file has a key of its own (`chunked_upload.file_key`).
"""

import os
import struct
from collections.abc import Iterator
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

CHUNK = 1024 * 1024
NONCE, TAG = 12, 16
STEP = NONCE + CHUNK + TAG  # from one chunk to the next on the disk


class DamagedFileError(Exception):
    """What lies on the disk is not what was sealed, or was cut."""


def sealed_length(size: int) -> int:
    """Of so many bytes, once sealed."""
    return size + -(-size // CHUNK) * (NONCE + TAG)


class Seal:
    """Of one file: `key` is its own, `size` what it is once whole."""

    def __init__(self, key: bytes, size: int) -> None:
        self._cipher, self.size = AESGCM(key), size

    def write(self, file: BinaryIO, number: int, clear: bytes) -> None:
        nonce = os.urandom(NONCE)
        file.seek(number * STEP)
        file.write(nonce + self._cipher.encrypt(nonce, clear, self._place(number)))

    def read(self, file: BinaryIO, start: int, end: int) -> Iterator[bytes]:
        """The bytes from `start` to before `end`, a chunk at a time."""
        file.seek(start // CHUNK * STEP)
        for number in range(start // CHUNK, -(-end // CHUNK)):
            clear = self._opened(file.read(min(STEP, NONCE + self.size - number * CHUNK + TAG)), number)
            begins = number * CHUNK
            yield clear[max(start - begins, 0) : end - begins]

    def _opened(self, sealed: bytes, number: int) -> bytes:
        try:
            return self._cipher.decrypt(sealed[:NONCE], sealed[NONCE:], self._place(number))
        except (InvalidTag, ValueError) as error:
            raise DamagedFileError(f"chunk {number}") from error

    def _place(self, number: int) -> bytes:
        return struct.pack(">QQ", number, self.size)
