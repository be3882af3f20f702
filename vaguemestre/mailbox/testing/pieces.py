"""Shared by tests: pieces."""

import struct


def winmail(files: list[tuple[str, bytes]], text: str = "") -> bytes:
    """As Outlook writes it: the old short name, the content, then the true name among the properties."""
    raw = b"\x78\x9f\x3e\x22\x01\x00"
    if text:
        raw += attribute(1, 0x00069003, properties([(0x001F, 0x1000, text.encode("utf-16-le") + b"\0\0")]))
    for name, content in files:
        raw += attribute(2, 0x00069002, b"\0" * 14)
        raw += attribute(2, 0x00018010, b"COURT~1.TXT\0")
        raw += attribute(2, 0x0006800F, content)
        named = [(0x0003, 0x3705, struct.pack("<L", 1)), (0x001F, 0x3707, name.encode("utf-16-le") + b"\0\0")]
        raw += attribute(2, 0x00069005, properties(named))
    return raw


def attribute(level: int, number: int, data: bytes) -> bytes:
    return struct.pack("<BLL", level, number, len(data)) + data + struct.pack("<H", sum(data) & 0xFFFF)


def properties(listed: list[tuple[int, int, bytes]]) -> bytes:
    raw = struct.pack("<L", len(listed))
    for kind, number, value in listed:
        raw += struct.pack("<HH", kind, number)
        raw += value if kind == 3 else struct.pack("<LL", 1, len(value)) + value + b"\0" * (-len(value) % 4)
    return raw
