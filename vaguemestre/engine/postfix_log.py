"""What Postfix did, counted from its own log as it is written: deliveries and refusals, but of the service's own trial
messages. No address, no Django.

Postfix counts nothing by itself, and a refusal leaves no other trace. Counting begins when this process does: whoever
reads the counts sees them fall to zero then, as with any counter of Prometheus."""

import os
import re
from collections import Counter
from itertools import product
from pathlib import Path

from vaguemestre.engine.heartbeat_mailbox import KEY

A_ROUND = 4 * 1024 * 1024  # bytes read at once
_DELIVERY = re.compile(
    rb"postfix/(?:bulk/)?(lmtp|smtp|error|retry)\[\d+\]: \w+: to=<(?!" + KEY.encode() + rb"@)"
    rb".*? status=(sent|deferred|bounced|expired)\b"
)
_OUTCOME = re.compile(rb"postfix/bulk/lmtp\[\d+\]: (\w+): to=<([^<>]+)>, .*? status=(sent|bounced|expired) \((.*)\)")
KEPT = 2000  # messages in slices (circulars) of which it is remembered what became of each recipient
_REFUSAL = re.compile(rb"postfix/(?:(submissions|reinject)/)?(smtpd|cleanup)\[\d+\]: \w+: (?:milter-)?reject: (.*)")
_STATUS = re.compile(rb": (?:[45]\d\d )?([45]\.\d{1,3}\.\d{1,3}) ")
_DOORS = {b"submissions": "submission", b"reinject": "inside", None: "outside"}
# The first that fits. What each means is in docs/decisions/metrics.md.
_WORDS = (
    ("suspended", rb"SASL login name rejected"),
    ("sender", rb"Sender address rejected|champ From|ligne From"),
    ("relay", rb"Relay access denied"),
    ("rate", rb"too m(?:uch|any)|[Rr]ate ?limit"),
    ("filter_away", rb"milter-reject: .*(?:Service unavailable|try again later)"),
    ("filter", rb"milter-reject: "),
)
_CODES = {
    b"5.1.1": "unknown_recipient", b"5.1.6": "former_recipient", b"5.2.2": "mailbox_full", b"4.2.2": "mailbox_full",
    b"5.3.4": "too_large", b"4.3.1": "disk_full",
}  # fmt: skip
_WHERE, _RESULTS = ("mailbox", "outside", "nowhere"), ("sent", "deferred", "bounced", "expired")
_AT = ("filter", *_DOORS.values())
_REASONS = ("other", *_CODES.values(), *(reason for reason, _words in _WORDS))


class PostfixLog:
    """`read` takes in what was written since the last call. Each line is counted once, whether the log is renamed or
    emptied in place meanwhile."""

    def __init__(self, path: Path) -> None:
        # From the first moment with all that they will ever bear, or an alert would not see the first one come.
        self.deliveries = Counter(dict.fromkeys(product(_WHERE, _RESULTS), 0))
        self.refusals = Counter(dict.fromkeys(product(_AT, _REASONS), 0))  # door, reason
        self.outcomes: dict[str, dict[str, tuple[str, str]]] = {}  # queue id, recipient: status, reason
        self._path = path
        self._descriptor: int | None = None
        self._place = 0
        self._rest = b""
        self._open(at_end=True)

    def read(self) -> None:
        while self._descriptor is not None:
            if os.fstat(self._descriptor).st_size < self._place:
                self._place, self._rest = 0, b""
            read = os.pread(self._descriptor, A_ROUND, self._place)
            self._place += len(read)
            *lines, self._rest = (self._rest + read).split(b"\n")
            for line in lines:
                self._count(line)
            if not read and not self._renamed():
                return
        self._open(at_end=False)

    def _renamed(self) -> bool:
        """Another file has its name, and the old one is read to its end."""
        try:
            told, held = self._path.stat(), os.fstat(self._descriptor or 0)
        except FileNotFoundError:
            return False
        if (told.st_dev, told.st_ino) == (held.st_dev, held.st_ino):
            return False
        os.close(self._descriptor or 0)
        self._open(at_end=False)
        return True

    def _open(self, *, at_end: bool) -> None:
        try:
            self._descriptor = os.open(self._path, os.O_RDONLY | os.O_CLOEXEC)
        except FileNotFoundError:
            self._descriptor = None
            return
        self._place, self._rest = os.fstat(self._descriptor).st_size if at_end else 0, b""

    def _count(self, line: bytes) -> None:
        if found := _DELIVERY.search(line):
            where = {b"lmtp": "mailbox", b"smtp": "outside"}.get(found[1], "nowhere")
            self.deliveries[where, found[2].decode()] += 1
            if found := _OUTCOME.search(line):
                self._keep(*(one.decode("utf-8", "replace") for one in found.groups()))
        elif found := _REFUSAL.search(line):
            door = "filter" if found[2] == b"cleanup" else _DOORS[found[1]]
            self.refusals[door, _reason(line)] += 1

    def _keep(self, number: str, recipient: str, status: str, words: str) -> None:
        """The latest messages, whole: of an older one the mailboxes are looked at."""
        if number not in self.outcomes and len(self.outcomes) >= KEPT:
            del self.outcomes[next(iter(self.outcomes))]
        self.outcomes.setdefault(number, {})[recipient] = (status, words)


def _reason(line: bytes) -> str:
    """What a stranger wrote (addresses, their own name) stands behind the first semicolon, or in angle brackets."""
    said = re.sub(rb"<[^>]*>", b"", line.partition(b"; ")[0])
    if status := _STATUS.search(said):
        known = _CODES.get(status[1])
        if known:
            return known
    return next((reason for reason, words in _WORDS if re.search(words, said)), "other")
