"""The folders of a mailbox elsewhere as its row holds them, and which of them are brought."""

from typing import Any

from vaguemestre.moving.models import Remote
from vaguemestre.moving.remote_mailbox import RemoteFolder

LEFT_OUT = {"trash", "junk", "all"}  # what was thrown away there, and what only shows other folders


def folders_of(source: Remote) -> list[RemoteFolder]:
    rows: list[dict[str, Any]] = source.folders
    return [RemoteFolder(**row) for row in rows]


def imported_folders(source: Remote) -> list[RemoteFolder]:
    return [one for one in folders_of(source) if one.role not in LEFT_OUT]
