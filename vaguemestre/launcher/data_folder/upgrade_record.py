"""What the last change of version did to a data folder, so that it can be taken back while nobody has used it.

`DATA/version` names the version that prepared the folder last; `DATA/upgrade.json` says what came before it, the copy
of the database that was made, and when mail was let in. Nothing heavy is imported: each start of a program passes here.
"""

import json
import time
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from vaguemestre import __version__

FILE = "upgrade.json"
VERSION = "version"
# From the first of them on people write, and what they wrote is in no copy: mail comes and goes, pages are open.
LETS_IN = {"dovecot", "nginx", "postfix", "tasks"}


@dataclass(frozen=True)
class Upgrade:
    former: str  # version before; empty when nobody noted it (0.2.0 and older, in a checkout)
    version: str
    copy: str | None = None  # name in `db/`; none when no table changed
    let_in: str | None = None  # when

    @property
    def under_way(self) -> bool:
        """Begun by this very version, and nobody has come in since."""
        return self.version == __version__ and self.let_in is None


def read(data: Path) -> Upgrade | None:
    with suppress(OSError, ValueError, TypeError):
        return Upgrade(**json.loads((data / FILE).read_text()))
    return None


def keep(data: Path, upgrade: Upgrade) -> None:
    _write(data / FILE, json.dumps(asdict(upgrade), indent=2) + "\n")


def former_version(data: Path) -> str:
    with suppress(OSError):
        return (data / VERSION).read_text().strip()
    return ""


def sign(data: Path, version: str = __version__) -> None:
    if former_version(data) != version:
        _write(data / VERSION, f"{version}\n")


def forget(data: Path) -> None:
    (data / FILE).unlink(missing_ok=True)


def note_start(data: Path, program: str) -> None:
    """Called before each start of a program."""
    if program in LETS_IN and (upgrade := read(data)) and upgrade.let_in is None:
        with suppress(OSError):  # a full disk: it starts all the same
            keep(data, replace(upgrade, let_in=time.strftime("%Y-%m-%d %H:%M:%S")))


def _write(file: Path, text: str) -> None:
    """Whole or not at all; the folder is root's own."""
    draft = file.with_name(f".{file.name}.draft")
    draft.write_text(text)
    draft.chmod(0o644)
    draft.replace(file)
