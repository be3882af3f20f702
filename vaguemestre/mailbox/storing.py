"""A message stored in a folder, beside what is there or in the place of one."""

from collections.abc import Iterable
from datetime import datetime
from io import BytesIO
from typing import IO

from vaguemestre.mailbox.directory import Known
from vaguemestre.mailbox.link import Link, require
from vaguemestre.mailbox.protocol.wire import flag_list, quoted
from vaguemestre.mailbox.values import Uid

_AT_ONCE = 65536  # octets of a message that is sent without asking first


def store(
    link: Link, verb: bytes, known: Known, raw: bytes | IO[bytes], flags: Iterable[str], date: datetime | None
) -> Uid | None:
    """`verb`: APPEND, or UID REPLACE with its number."""
    when = b' "%s"' % date.strftime("%d-%b-%Y %H:%M:%S %z").encode("ascii") if date else b""
    command = b"%s %s %s%s" % (verb, quoted(known.wire), flag_list(flags), when)
    file = BytesIO(raw) if isinstance(raw, bytes) else raw
    size = file.seek(0, 2)
    file.seek(0)
    if size <= _AT_ONCE:
        answer = link.connection.exchange([b"%s {%d+}\r\n%s" % (command, size, file.read())])
    else:
        answer = link.connection.append(command, file, size)
    require(answer.statuses[0])
    _, _, uid = (answer.note("APPENDUID") or "").partition(" ")
    return Uid(uid) if uid.isdigit() else None
