"""Office documents as PDF, by LibreOffice in a process of its own, under a user of its own, one at a time.

This file is the client; `python -m vaguemestre.mailbox.sandbox.converter FOLDER` is the process. The folder holds its
socket and what it has made, under the name of what it was made from: a document is converted once, whoever opens it.
"""

import json
import socket as sockets
from hashlib import sha256
from pathlib import Path
from typing import Literal

from vaguemestre.mailbox.sandbox.cleaner.framing import FrameError, read_frame, write_frame

INPUT_LIMIT = 30 * 1024 * 1024
SOCKET = "socket"
OFFICE = Path("/usr/bin/soffice")
# What it is asked to read, and how such a file begins: the name alone is the sender's word.
ZIP, OLE, RTF = b"PK\x03\x04", bytes.fromhex("d0cf11e0a1b11ae1"), b"{\\rtf"
FORMATS = {
    "odt": ZIP, "ods": ZIP, "odp": ZIP, "docx": ZIP, "xlsx": ZIP, "pptx": ZIP,
    "docm": ZIP, "xlsm": ZIP, "pptm": ZIP,  # their macros never run: `libreoffice.py`
    "doc": OLE, "xls": OLE, "ppt": OLE, "rtf": RTF,
}  # fmt: skip
# What calls itself .xls and is a page or XML, as `office_formats.py` finds: no ending that a sender may write.
FOUND = ("xlshtml", "xlsxml")

State = Literal["done", "waiting", "failed", "away"]  # the last: nobody there, or no room on the machine; ask again


def is_installed() -> bool:
    return OFFICE.exists()


def request_conversion(
    folder: Path, owner: str, extension: str, content: bytes, *, place: str = "", timeout: float = 5.0
) -> State:
    """Where this document's conversion stands; asks for it when nobody has. `owner`: whose turn it takes. `place`: what
    `is_awaited` will call it."""
    if result_path(folder, extension, content).exists():
        return "done"
    return parse_answer(folder, {"owner": owner, "extension": extension, "place": place}, content, timeout)


def is_awaited(folder: Path, owner: str, place: str, shelf: str = "", *, timeout: float = 1.0) -> bool:
    """Whether what was asked for under that name is under way, or has to wait for room: its bytes are not needed
    again. `shelf`: of a picture. False as well when nobody is there to say."""
    return parse_answer(folder, {"owner": owner, "place": place, "shelf": shelf}, b"", timeout) == "waiting"


def parse_answer(folder: Path, head: dict[str, str], content: bytes, timeout: float) -> State:
    try:
        with sockets.socket(sockets.AF_UNIX, sockets.SOCK_STREAM) as connection:
            connection.settimeout(timeout)
            connection.connect(str(folder / SOCKET))
            with connection.makefile("rwb") as stream:
                write_frame(stream, json.dumps(head).encode(), content)
                said, _body = read_frame(stream, 0)
        state = json.loads(said).get("state")
    except (OSError, FrameError, ValueError):
        return "away"
    return state if state in {"done", "waiting", "failed"} else "away"


def result_path(folder: Path, extension: str, content: bytes) -> Path:
    """Where the PDF is, once it is made."""
    return folder / f"{document_key(extension, content)}.pdf"


def document_key(extension: str, content: bytes) -> str:
    return sha256(extension.encode() + b"\0" + content).hexdigest()
