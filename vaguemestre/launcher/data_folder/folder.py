"""The data folder: what is in it, who owns what, and whether the product's users can reach it at all."""

import contextlib
import json
import os
import pwd
import shutil
import stat
from collections.abc import Iterator, Mapping
from pathlib import Path

from vaguemestre.engine import daemon_folders
from vaguemestre.instance import Ports
from vaguemestre.launcher.errors import LauncherError
from vaguemestre.launcher.texts import _
from vaguemestre.web import file_tickets

DEFAULT_DATA = Path("/var/lib/vaguemestre")
WEB_USER = "vaguemestre"
MAIL_USER = "vmail"
# They read what strangers sent, or speak with strangers, and so may read nothing else.
OFFICE_USER, CLEANER_USER, FILES_USER = "vaguemestre-office", "vaguemestre-cleaner", "vaguemestre-files"
# The kernel cuts a Unix socket's path at 108 characters; the longest name below `run/` takes the rest.
LONGEST_PATH = 70

# Owner and mode of each folder; what a daemon needs below them is its own affair.
LAYOUT = {
    "acme": ("root", 0o755),
    "backup": ("root", 0o755),
    "backup/work": ("root", 0o700),
    "career": (WEB_USER, 0o700),
    "conversions": (OFFICE_USER, 0o2750),
    "db": (WEB_USER, 0o755),
    "engine": ("root", 0o755),
    "exchanges": (WEB_USER, 0o700),
    "exports": (WEB_USER, 0o700),
    "imports": (WEB_USER, 0o700),
    "letters": (WEB_USER, 0o700),
    "log": ("root", 0o750),
    "log/nginx": (WEB_USER, 0o750),
    "mail": (MAIL_USER, 0o700),
    "moving": (WEB_USER, 0o700),
    "outbox": (WEB_USER, 0o700),
    "handouts": (WEB_USER, 0o2750),
    "run": (WEB_USER, 0o755),
    "run/cleaner": (CLEANER_USER, 0o2750),
    "run/files": (FILES_USER, 0o2750),
    "run/files/fetched": (FILES_USER, 0o2770),
    "run/presence": (WEB_USER, 0o700),
    "secrets": (WEB_USER, 0o710),
    "spool": (WEB_USER, 0o700),
    "supervision": ("root", 0o755),
    "tls": ("root", 0o755),
    "tmp": (WEB_USER, 0o700),
}
# Logs name people; the web server passes through to its own below. What one has converted, the other reads; who
# makes HTML harmless is asked by the web alone. Who hands out files reads them, sealed, and of the secrets passes to
# its own.
GROUPS = {
    "log": WEB_USER, "conversions": WEB_USER, "run/cleaner": WEB_USER, "run/files": WEB_USER,
    "run/files/fetched": WEB_USER, "handouts": FILES_USER, "secrets": FILES_USER,
}  # fmt: skip


def named_folder() -> Path:
    return Path(os.environ.get("VAGUEMESTRE_DATA") or DEFAULT_DATA).absolute()


def data_folder() -> Path:
    data = named_folder()
    if not (data / "instance.toml").exists():
        raise LauncherError(
            _(
                "{data} is not a data folder: start once with vaguemestre init or bin/run, or name another by "
                "VAGUEMESTRE_DATA.",
                data=data,
            )
        )
    return data


def lay_out(data: Path) -> None:
    """Makes what is missing and puts owners right; never empties anything."""
    if len(str(data)) > LONGEST_PATH:
        raise LauncherError(
            _(
                "{data} is too long a path: sockets need one of {limit} characters at most.",
                data=data,
                limit=LONGEST_PATH,
            )
        )
    data.mkdir(mode=0o755, parents=True, exist_ok=True)
    for name, (owner, mode) in LAYOUT.items():
        with links_refused():
            daemon_folders.lay(data, name, owner, GROUPS.get(name, owner), mode)
    with links_refused():
        daemon_folders.share_files(data, "handouts", WEB_USER, FILES_USER, 0o640)
        daemon_folders.share_files(data, "secrets", WEB_USER, FILES_USER, 0o640, only=file_tickets.KEY)
    require_reachable(data)


@contextlib.contextmanager
def links_refused() -> Iterator[None]:
    """Around what gives folders and files to their owners, in words for the operator."""
    try:
        yield
    except daemon_folders.SymbolicLinkError as link:
        raise LauncherError(
            _(
                "{path} is not what belongs there (a link?), and root does not follow it: it may be a trap.\n"
                "See where it leads, remove it, then start again.",
                path=link.path,
            )
        ) from link


def require_reachable(path: Path, user: str = WEB_USER) -> None:
    """Every folder above must let the user through; a home closed to others (0700) is the usual culprit."""
    account = pwd.getpwnam(user)
    for folder in [path, *path.parents]:
        facts = folder.stat()
        if facts.st_uid == account.pw_uid:
            allowed = facts.st_mode & stat.S_IXUSR
        elif facts.st_gid == account.pw_gid:
            allowed = facts.st_mode & stat.S_IXGRP
        else:
            allowed = facts.st_mode & stat.S_IXOTH
        if not allowed:
            raise LauncherError(
                _(
                    "The user {user} cannot enter {folder} (mode {mode}), so {path} is out of its reach.\n"
                    "Choose another folder, or open this one: chmod o+x {folder}",
                    user=user,
                    folder=folder,
                    mode=oct(facts.st_mode & 0o777)[2:],
                    path=path,
                )
            )


def has_database(data: Path) -> bool:
    """Something is stored here, so its secrets must exist. With PostgreSQL the projected file is the witness."""
    files = (data / "db" / name for name in ("vaguemestre.sqlite3", "mail.sqlite3"))
    return any(file.exists() and file.stat().st_size for file in files)


def write_instance(file: Path, facts: Mapping[str, str | bool | int], ports: Ports) -> None:
    lines = [f"{name} = {toml(value)}" for name, value in facts.items()]
    heading = _("# This installation. Each key can also be given as VAGUEMESTRE_<KEY>.")
    write(file, "\n".join([heading, *lines, "", *_ports_table(ports), ""]))


def change_ports(file: Path, ports: Ports) -> None:
    """Only the table of ports; the rest of the file is the operator's."""
    kept, inside = [], False
    for line in file.read_text().splitlines():
        inside = line.strip() == "[ports]" or (inside and not line.startswith("["))
        if not inside:
            kept.append(line)
    write(file, "\n".join([*kept, *_ports_table(ports), ""]))


def _ports_table(ports: Ports) -> list[str]:
    return ["[ports]", *(f"{name} = {port}" for name, port in ports.model_dump(exclude_none=True).items())]


def toml(value: str | bool | int) -> str:
    # A JSON string is a TOML string.
    return json.dumps(value, ensure_ascii=False)


def write(file: Path, text: str | bytes, *, owner: str = "root", group: str | None = None, mode: int = 0o644) -> None:
    """Whole or not at all, even on a full disk; never readable by more than `mode` says, not for a moment."""
    draft = file.with_name(f".{file.name}.draft")
    draft.unlink(missing_ok=True)
    content = text.encode() if isinstance(text, str) else text
    with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as opened:  # noqa: PTH123 - the mode
        opened.write(content)
        opened.flush()
        # Not by its name: the folder's owner may put a link in its place.
        shutil.chown(opened.fileno(), owner, group or owner)
        os.fchmod(opened.fileno(), mode)
        os.fsync(opened.fileno())
    draft.replace(file)
