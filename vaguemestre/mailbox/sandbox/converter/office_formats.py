"""Which office format a document is written in, by its bytes: mail programs say Excel of all that Excel opens."""

import re

from vaguemestre.mailbox.containers import zip_listing
from vaguemestre.mailbox.errors import UnpackError
from vaguemestre.mailbox.sandbox.converter import FORMATS, FOUND, INPUT_LIMIT, OLE, RTF, ZIP

_OPEN_DOCUMENT = b"mimetypeapplication/vnd.oasis.opendocument."  # the first file in it, by its rule
_OPEN = {b"text": "odt", b"spreadsheet": "ods", b"presentation": "odp"}
_FOLDERS = {"word": "docx", "xl": "xlsx", "ppt": "pptx"}
_STREAMS = {"WordDocument": "doc", "Workbook": "xls", "Book": "xls", "PowerPoint Document": "ppt"}
_MACROS = {"docm": "docx", "xlsm": "xlsx", "pptm": "pptx"}  # the same format
_BEFORE = re.compile(r"\A(?:\s++|<!--.*?-->|<\?[^>]*+>)*+", re.DOTALL)
_PAGE = re.compile(r"(?i)<(?:!doctype html|html|head|body|meta|style|center|div|font|p|table)\b")
_WORKBOOK = "urn:schemas-microsoft-com:office:spreadsheet"
_CONTROL = re.compile("[\\0-\x08\x0e-\x1f]")
_LOOKED_AT = 4096


def true_format(content: bytes, said: str) -> str:
    """As an ending. `said` where the bytes are of no format that is known, or of several."""
    if said in {"xls", "xlsx"} and not content.startswith((OLE, ZIP, RTF)):
        return _of_words(content[:_LOOKED_AT], said)
    if content.startswith(RTF):
        return "rtf"
    if content.startswith(OLE):
        found = {ending for name, ending in _STREAMS.items() if f"{name}\0".encode("utf-16-le") in content}
        return found.pop() if len(found) == 1 else said
    if not content.startswith(ZIP):
        return said
    if content[30:].startswith(_OPEN_DOCUMENT):
        kind = content[30 + len(_OPEN_DOCUMENT) : 130]
        return next((ending for name, ending in _OPEN.items() if kind.startswith(name)), said)
    return _of_folders(content, said)


def can_convert(extension: str, content: bytes) -> bool:
    """`extension`: as `true_format` says; one that it alone gives is believed of nobody."""
    if extension in FOUND:
        known = not content.startswith((OLE, ZIP, RTF)) and _of_words(content[:_LOOKED_AT], "") == extension
    else:
        known = extension in FORMATS and content.startswith(FORMATS[extension])
    return known and len(content) <= INPUT_LIMIT


def is_plain_table(content: bytes) -> bool:
    """Words in columns: what Excel opens under its own name as well."""
    head = _text(content[:_LOOKED_AT])
    return any(sign in head for sign in "\t;,") and not head.startswith("<") and not _CONTROL.search(head)


def _of_words(head: bytes, said: str) -> str:
    """What programs call a spreadsheet: a page with a table, or Excel's XML of 2003."""
    text = _BEFORE.sub("", _text(head), count=1)
    if _PAGE.match(text):
        return "xlshtml"
    return "xlsxml" if text.startswith("<") and _WORKBOOK in text else said


def _text(head: bytes) -> str:
    wide = head.startswith((b"\xff\xfe", b"\xfe\xff"))
    return head.removeprefix(b"\xef\xbb\xbf").decode("utf-16" if wide else "latin-1", "replace").lstrip()


def _of_folders(content: bytes, said: str) -> str:
    try:
        there = {one.filename.partition("/")[0] for one in zip_listing.zip_members(content)}
    except UnpackError:
        return said
    found = [ending for folder, ending in _FOLDERS.items() if folder in there]
    return found[0] if len(found) == 1 and _MACROS.get(said) != found[0] else said
