"""One document read by a child that cannot do much: no network, no file to write, little memory and time."""

import contextlib
import math
import os
import resource
import select
import signal
import time
from collections.abc import Callable
from io import BytesIO
from itertools import pairwise

from vaguemestre.engine.decoder import office97, office_zip, rtf, smime
from vaguemestre.engine.decoder.media_types import COMPOUND, ENVELOPE, PDF, RTF, ZIP
from vaguemestre.mailbox.sandbox.socket_process import error_name, log_trouble

PDFTOTEXT = "/usr/bin/pdftotext"  # poppler-utils
OUTPUT_LIMIT = 1_000_000  # bytes: a book of 500 pages
MEMORY_LIMIT = 512 * 1024 * 1024
PAGES_LIMIT = 2000
SECONDS_IN_ALL = 30.0  # by the clock, on a machine that has other things to do
SECONDS_TO_BEGIN = 60.0
SOFT_HYPHEN = "\u00ad"


def text_of(document: int, seconds: float, nowhere: int) -> str:
    """What could be read in `seconds` of a processor. `nowhere`: an open /dev/null."""
    reading, writing = os.pipe()
    child = forked()
    if not child:
        try:
            _become_reader(document, writing, nowhere, seconds)
        finally:
            os._exit(1)
    os.close(writing)
    try:
        read = _read(reading)
    finally:
        os.close(reading)
        os.kill(child, signal.SIGKILL)  # still there, or not yet waited for
        os.waitpid(child, 0)
    return _whole_words(read.decode("utf-8", "ignore"))


def _read(pipe: int) -> bytes:
    """What the child writes, until it ends, has said enough or takes too long."""
    pieces: list[bytes] = []
    size, deadline = 0, time.monotonic() + SECONDS_IN_ALL
    while size < OUTPUT_LIMIT and select.select([pipe], [], [], max(0.0, deadline - time.monotonic()))[0]:
        piece = os.read(pipe, 1 << 16)
        if not piece:
            break
        pieces.append(piece)
        size += len(piece)
    return b"".join(pieces)[:OUTPUT_LIMIT]


def forked() -> int:
    """As `os.fork`, but waits while the machine has no room for a child: Dovecot does too, and what it is told now it
    keeps for good."""
    deadline = time.monotonic() + SECONDS_TO_BEGIN
    while True:
        try:
            return os.fork()
        except OSError as error:
            log_trouble("decoder", f"no child can be started: {error_name(error)}")
            if time.monotonic() > deadline:
                raise
            time.sleep(0.2)


def _become_reader(document: int, writing: int, nowhere: int, seconds: float) -> None:
    os.dup2(document, 0)
    os.dup2(writing, 1)
    os.dup2(nowhere, 2)  # a complaint may quote the document
    os.closerange(3, 256)
    with contextlib.suppress(OSError):  # a name space without any interface, where the kernel grants it
        os.unshare(os.CLONE_NEWUSER | os.CLONE_NEWNET)
    _bound(seconds)
    if os.pread(0, len(PDF), 0) == PDF:
        words = (PDFTOTEXT, "-q", "-enc", "UTF-8", "-l", str(PAGES_LIMIT), "/dev/stdin", "-")
        os.execve(PDFTOTEXT, words, {"PATH": "/usr/bin", "LANG": "C.UTF-8"})  # noqa: S606 - a fixed command
    with os.fdopen(0, "rb") as opened, os.fdopen(1, "w", encoding="utf-8", errors="ignore", buffering=1 << 13) as out:
        opened.seek(0)
        _write_words(opened.read(), out.write)


def _write_words(document: bytes, write: Callable[[str], object]) -> None:
    if document.startswith(RTF):
        rtf.write_text(document, write)
    elif document.startswith(COMPOUND):
        office97.write_text(document, write)
    elif document.startswith(ENVELOPE):
        smime.write_text(document, write, _write_words)
    elif document.startswith(ZIP):
        office_zip.write_text(BytesIO(document), write)


def _bound(seconds: float) -> None:
    whole = math.ceil(seconds) + 1
    for limit, value in (
        (resource.RLIMIT_AS, MEMORY_LIMIT),
        (resource.RLIMIT_CPU, whole),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NOFILE, 32),
        (resource.RLIMIT_NPROC, 0),
    ):
        resource.setrlimit(limit, (value, value))
    signal.signal(signal.SIGPROF, signal.SIG_DFL)
    signal.setitimer(signal.ITIMER_PROF, seconds)  # finer than the limit above, and as fatal
    os.nice(10)


def _whole_words(text: str) -> str:
    """Words that a line cut in two stand at the end once more, whole: "rempla-/cement" is found as « remplacement »."""
    text = text.replace(SOFT_HYPHEN, "")
    cut = [
        first.rpartition(" ")[2][:-1] + second.partition(" ")[0]
        for first, second in pairwise(text.splitlines())
        if first.endswith(("-", "\u2010")) and second[:1].isalpha()
    ]
    return "\n".join([text, *cut])
