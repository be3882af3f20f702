"""Two byte strings at a time, each after its length: how client, keeper and worker speak."""

import struct
from typing import Protocol

_LENGTHS = struct.Struct(">II")
HEAD_LIMIT = 65536


class Readable(Protocol):
    def read(self, size: int, /) -> bytes: ...


class Writable(Protocol):
    def write(self, data: bytes, /) -> int: ...

    def flush(self) -> None: ...


class FrameError(Exception):
    """The other side ended in the middle, or announces more than allowed."""


def write_frame(stream: Writable, head: bytes, body: bytes) -> None:
    stream.write(_LENGTHS.pack(len(head), len(body)) + head + body)
    stream.flush()


def read_frame(stream: Readable, limit: int) -> tuple[bytes, bytes]:
    head_size, body_size = _LENGTHS.unpack(_exactly(stream, _LENGTHS.size))
    if head_size > HEAD_LIMIT or body_size > limit:
        raise FrameError(f"{head_size} + {body_size} octets")
    return _exactly(stream, head_size), _exactly(stream, body_size)


def _exactly(stream: Readable, size: int) -> bytes:
    data = stream.read(size)
    if len(data) != size:
        raise FrameError("ended early")
    return data
