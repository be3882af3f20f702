"""Bytes to text when the sender's word about them may be wrong, missing or hostile."""

import codecs
from functools import lru_cache

# Codecs of real mail only: Python also knows "idna" (quadratic), "unicode_escape", "zlib"…
_FAMILIES = (
    "utf", "iso8859", "cp", "latin", "ascii", "koi8", "gb", "big5", "euc", "shift_jis", "iso2022", "mac", "tis",
    "johab", "hz", "ptcp", "kz", "hp-roman", "hp_roman", "viscii",
)  # fmt: skip
# What senders declare is smaller than what they write (as the browsers have it).
_WIDER = {
    "iso8859-1": "cp1252", "ascii": "cp1252", "iso8859-9": "cp1254", "iso8859-11": "cp874", "gb2312": "gb18030",
    "gbk": "gb18030", "shift_jis": "cp932", "euc_kr": "cp949",
}  # fmt: skip
# A text of the notepad's "Unicode" is sent without a word about it. "FF FE 00 00" would be UTF-32, which nobody sends.
_MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))


def decode(data: bytes, charset: str = "", *, limit: int | None = None) -> str:
    """Never fails. A wrong or unknown charset falls back on UTF-8 when the bytes are that, else on Windows-1252; so
    does UTF-8 of which more does not decode than does. What begins with a mark of Unicode is that, whatever is said of
    it (as the browsers have it). `limit`: no more than this was taken, so that the last character may be cut."""
    for mark, unicode in _MARKS:
        if data.startswith(mark):
            return data[len(mark) :].decode(unicode, "replace")
    codec = _codec(charset)
    if codec in {"", "cp1252", "utf-8"}:
        try:
            return data.decode("utf-8")
        except UnicodeDecodeError as error:
            text = data.decode("utf-8", "replace")
            cut = limit is not None and len(data) >= limit and error.end == len(data)
            if cut or (codec == "utf-8" and not _is_mostly_lost(text)):
                return text
        return data.decode("cp1252", "replace")
    return data.decode(codec, "replace")


def _is_mostly_lost(text: str) -> bool:
    lost = text.count("\ufffd")
    return lost > sum(not character.isascii() for character in text) - lost


@lru_cache(maxsize=256)
def _codec(charset: str) -> str:
    """Name of a codec that may be used, or ""."""
    try:
        name = codecs.lookup(charset.strip().strip("'\"")[:40]).name
    except (LookupError, ValueError):
        return ""
    return _WIDER.get(name, name) if name.startswith(_FAMILIES) else ""
