"""Which installation a backup is of: a word made once, among the secrets, so that a restored installation keeps it."""

import os
import re
import secrets
from pathlib import Path

from vaguemestre.backup.errors import BackupError

FILE = "instance.id"


def identity(data: Path) -> str:
    """Made when it is missing: root's act, before the first backup."""
    file = data / "secrets" / FILE
    if not file.exists():
        owner = file.parent.stat()
        draft = file.with_name(f".{FILE}.draft")
        draft.unlink(missing_ok=True)
        with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as opened:  # noqa: PTH123 - the mode
            opened.write(secrets.token_hex(8))
            os.fchown(opened.fileno(), owner.st_uid, owner.st_gid)
        draft.replace(file)
    word = file.read_text().strip()
    if not re.fullmatch(r"[0-9a-f]{16}", word):
        raise BackupError(file)
    return word
