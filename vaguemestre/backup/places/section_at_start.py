"""`[backup]` of instance.toml as it was when the service started. A change waits for a restart, and is said until then.
Without Django: each start passes here."""

import json
import tomllib
from pathlib import Path
from typing import Any

_FILE = "backup/state/section.json"


def note_section(data: Path) -> None:
    file = data / _FILE
    file.parent.mkdir(mode=0o755, exist_ok=True)
    draft = file.with_name(f".{file.name}.draft")
    draft.write_text(json.dumps(_section(data)))
    draft.chmod(0o644)
    draft.replace(file)


def section_is_changed(data: Path) -> bool:
    try:
        return bool(json.loads((data / _FILE).read_text()) != _section(data))
    except FileNotFoundError:
        return False


def _section(data: Path) -> Any:
    return tomllib.loads((data / "instance.toml").read_text("utf-8")).get("backup")
