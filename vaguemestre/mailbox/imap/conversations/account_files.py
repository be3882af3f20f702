"""Files by account, for what a process remembers and another may read. Each is a memory like another: one that is lost,
damaged or of another form costs what a first look costs."""

import os
import re
import threading
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

_ACCOUNT = re.compile(r"\w{1,64}", re.ASCII)


@dataclass(frozen=True, slots=True)
class AccountFiles:
    """`ending` tells those of one kind from another in the same folder."""

    folder: Path
    ending: str = ""

    def read(self, user: str) -> bytes:
        """Nothing where there is no file."""
        try:
            return self.place(user).read_bytes()
        except OSError:
            return b""

    def write(self, user: str, whole: bytes) -> None:
        """Whole or not at all. A disk that is full costs the file only."""
        place = self.place(user)
        fresh = place.with_name(f"{place.name}.{os.getpid()}.{threading.get_ident()}")
        try:
            place.parent.mkdir(mode=0o700, exist_ok=True)
            fresh.write_bytes(whole)
            fresh.replace(place)
        except OSError:
            with suppress(OSError):
                fresh.unlink()

    def forget(self, user: str) -> None:
        """All kinds, and what they were shown of mailboxes that they share."""
        beside = self.place(user).parent
        for pattern in (user, f"{user}.*", f"*_{user}", f"*_{user}.*"):
            _erase(beside.glob(pattern))

    def forget_readers(self, mailbox: str) -> None:
        """What its readers were shown of a mailbox that is shared."""
        _erase(self.folder.glob(f"*/{mailbox}_*"))

    def place(self, user: str) -> Path:
        """A hundred folders, so that none holds tens of thousands of files."""
        if not _ACCOUNT.fullmatch(user):
            raise ValueError("no key of an account")
        return self.folder / user[-2:] / f"{user}{self.ending}"


def _erase(files: Iterable[Path]) -> None:
    for one in files:
        one.unlink(missing_ok=True)
