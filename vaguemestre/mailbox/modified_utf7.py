"""Modified UTF-7 of RFC 3501 section 5.1.3: how a folder name travels."""

import re
from base64 import b64decode, b64encode
from binascii import Error as Base64Error

_OUTSIDE = re.compile(r"[^\x20-\x7e]+|&")
_SHIFTED = re.compile(rb"&([^-]*)(-|\Z)")


def encode_name(name: str) -> bytes:
    return _OUTSIDE.sub(_shift, name).encode("ascii")


def decode_name(wire: bytes) -> str:
    """Never fails: what is not modified UTF-7 is kept as it came, 8-bit bytes as UTF-8 (some servers send it)."""
    return _SHIFTED.sub(_unshift, wire).decode("utf-8", "replace")


def _shift(match: re.Match[str]) -> str:
    if match[0] == "&":
        return "&-"
    utf16 = match[0].encode("utf-16-be", "surrogatepass")
    return "&" + b64encode(utf16).decode("ascii").rstrip("=").replace("/", ",") + "-"


def _unshift(match: re.Match[bytes]) -> bytes:
    if match[0] == b"&-":
        return b"&"
    text = match[1].replace(b",", b"/")
    try:
        utf16 = b64decode(text + b"=" * (-len(text) % 4), validate=True)
        return utf16.decode("utf-16-be").encode("utf-8")
    except (Base64Error, UnicodeDecodeError):
        return match[0]
