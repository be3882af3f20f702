"""Dovecot's administration protocol, over the socket that belongs to the product's user: what is done to a mailbox
whose owner may not, or must not, sign in."""

import logging
import re
import socket
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from io import BufferedRWPair
from pathlib import Path

from django.conf import settings

logger = logging.getLogger(__name__)
TIMEOUT_SECONDS = 5
_STATS = 6  # columns of "fts flatcurve stats": folder, identity, last number, messages, shards, version


def kick(keys: Iterable[str]) -> None:
    """Ends the IMAP and ManageSieve connections of these accounts. Dovecot being down is fine: none is open then."""
    wanted = sorted(keys)
    if not wanted or settings.DATA is None:
        return
    try:
        _kick(settings.DATA / "run" / "dovecot" / "doveadm-web", wanted)
    except OSError as error:
        logger.warning("doveadm kick of %d accounts: %s", len(wanted), error)


class DoveadmError(Exception):
    """Dovecot is away or refuses. Says nothing of a mailbox's content."""


def stop_filters(key: str) -> None:
    """No script of this account is active any more: nothing is redirected, nobody is answered. Raises DoveadmError."""
    run(key, "sieve", "deactivate")


def headers_since(key: str, folder: str, since: datetime, names: Sequence[str]) -> list[list[str]]:
    """Of each message stored there since: the moment (Unix time), then these headers, as they came."""
    fields = " ".join(["date.saved.unixtime", *(f"hdr.{name}" for name in names)])
    moment = str(int(since.timestamp()))
    found = run(key, "fetch", fields, "mailbox", folder, "SAVEDSINCE", moment)
    width = 1 + len(names)
    return [found[place : place + width] for place in range(0, len(found) - width + 1, width)]


@dataclass(frozen=True, slots=True)
class Indexed:
    """What the index for searching holds of a folder: its oldest messages, as many as that, the last one's number."""

    last_uid: int
    messages: int


def indexed(key: str) -> dict[str, Indexed]:
    """By the folder's identity (X-GUID); without those of which nothing is in the index. Raises DoveadmError."""
    said = run(key, "fts", "flatcurve", "stats", "*")
    rows = [said[place : place + _STATS] for place in range(0, len(said) - _STATS + 1, _STATS)]
    return {guid: Indexed(int(last), int(messages)) for _name, guid, last, messages, *_shards in rows}


def index(key: str, folder: str) -> None:
    """Puts what is missing of a folder into the index, here and now: not behind other mailboxes in the indexer's queue.
    For few messages. `folder` is its name in Unicode ("*" and "?" stand for others too). Raises DoveadmError."""
    run(key, "index", folder)


def run(key: str, *words: str) -> list[str]:
    """One command for one account; the values it prints. Raises DoveadmError."""
    if settings.DATA is None:
        raise DoveadmError("no data folder")
    line = "\t".join(("", key, *(_escaped(word) for word in words))).encode() + b"\n"
    try:
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(TIMEOUT_SECONDS)
            connection.connect(str(settings.DATA / "run" / "dovecot" / "doveadm-web"))
            with connection.makefile("rwb") as stream:
                stream.write(b"VERSION\tdoveadm-server\t1\t2\n")
                stream.flush()
                while (greeting := stream.readline()) not in {b"+\n", b""}:
                    pass
                if not greeting:
                    raise DoveadmError("doveadm hung up")
                stream.write(line)
                stream.flush()
                return _values(stream)
    except OSError as error:
        raise DoveadmError(f"doveadm: {error}") from error


def _values(stream: BufferedRWPair) -> list[str]:
    """What is printed comes in frames (a channel, a size), and ends with an empty line and the verdict."""
    printed = b""
    while len(head := stream.read(5)) == 5:
        printed += stream.read(int.from_bytes(head[1:]))
        if printed.endswith(b"\n") and printed[:-1].rpartition(b"\n")[2][:1] in {b"+", b"-"}:
            break
    body, _line, verdict = printed.rstrip(b"\n").rpartition(b"\n")
    if verdict != b"+":
        raise DoveadmError(f"doveadm: {verdict[:100].decode('utf-8', 'replace')}")
    values = body.decode("utf-8", "replace").removesuffix("\t")
    return [_unescaped(value) for value in values.split("\t")] if values else []


def _escaped(word: str) -> str:
    """A tab or a line end in a word would begin another."""
    return word.replace("\1", "\0011").replace("\t", "\001t").replace("\r", "\001r").replace("\n", "\001n")


def _unescaped(value: str) -> str:
    return re.sub("\1(.)", lambda found: {"n": "\n", "t": "\t", "r": "\r", "1": "\1"}.get(found[1], " "), value)


def _kick(path: Path, keys: list[str]) -> None:
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(TIMEOUT_SECONDS)
        connection.connect(str(path))
        with connection.makefile("rwb") as stream:
            stream.write(b"VERSION\tdoveadm-server\t1\t2\n")
            for key in keys:
                stream.write(f"\t\tkick\t{key}\n".encode("ascii"))
            stream.flush()
            # "+" for the greeting, then one line of "+" or "-" for each command, after what it has to say.
            answers = 0
            while answers < 1 + len(keys) and (line := stream.readline()):
                answers += line[:1] in {b"+", b"-"}
