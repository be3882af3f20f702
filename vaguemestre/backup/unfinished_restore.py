"""`DATA/restore-unfinished`: a restore has begun and has not ended, so what is in the data folder is not whole. Nothing
starts while it is there; the next restore continues from it. Without Django: each start passes here."""

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path

FILE = "restore-unfinished"


@dataclass(frozen=True)
class UnfinishedRestore:
    """`aside`: name of the folder that takes what was there, if anything was. `brought`: the names that are the
    restore's own, once there is room; None: not everything was put aside yet. `database`: of a server, in which tables
    may be written over: it was empty, or was copied first."""

    aside: str | None
    brought: list[str] | None
    database: str


def read(data: Path) -> UnfinishedRestore | None:
    try:
        return UnfinishedRestore(**json.loads((data / FILE).read_text()))
    except FileNotFoundError:
        return None


def keep(data: Path, unfinished: UnfinishedRestore) -> None:
    """On the disk when it returns."""
    draft = data / f".{FILE}.draft"
    with draft.open("w") as file:
        os.fchmod(file.fileno(), 0o600)
        json.dump(asdict(unfinished), file)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(data / FILE)
    _sync(data)


def forget(data: Path) -> None:
    (data / FILE).unlink(missing_ok=True)
    _sync(data)


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
