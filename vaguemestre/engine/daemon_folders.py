"""The folders that the daemons need inside the data folder, with the owners they insist on; their copies of keys."""

import errno
import os
import shutil
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from grp import getgrnam
from pathlib import Path
from pwd import getpwnam

from vaguemestre.accounts.mail_access import socket_key
from vaguemestre.instance import Instance

DKIM_PREFIX = "dkim."
# The kernel allows 107 characters for a Unix socket.
LONGEST_SOCKET = "run/dovecot/login/tokenlogin.xxxxxxxx"
FOLDERS = {
    # What the product writes for the mail user to read: the group passes on to each file.
    "replies": ("vaguemestre", "vmail", 0o2750),
    # What people moved into Junk and out of it, until Rspamd has learnt it: the mail user writes, the product takes.
    "learning": ("vmail", "vaguemestre", 0o2770),
    # Where Dovecot's indexer, which is the mail user, finds who reads attached documents to it.
    "run/decoder": ("vaguemestre-decoder", "vmail", 0o2750),
    "queue": ("root", "root", 0o755),
    "sink": ("nobody", "nogroup", 0o755),
    "rspamd": ("_rspamd", "_rspamd", 0o750),
    "valkey": ("_rspamd", "_rspamd", 0o750),
    "run/dovecot": ("root", "root", 0o755),
    "run/dovecot-state": ("root", "root", 0o755),
    "run/postfix": ("postfix", "root", 0o700),
    "run/learning": ("_rspamd", "vaguemestre", 0o750),
    # Who could not be told of new mail in time: Dovecot notes them, the event process takes them up.
    "run/unheard": ("vmail", "vaguemestre", 0o2770),
    "run/rspamd": ("_rspamd", "postfix", 0o750),
    "run/valkey": ("_rspamd", "_rspamd", 0o750),
}


class DataFolderError(Exception):
    """No data folder, or one that the daemons cannot use; the message says why."""


class SymbolicLinkError(Exception):
    """What lies at `path` is a link, or of another kind than it should be. Root does not follow what may be a trap."""

    def __init__(self, path: Path) -> None:
        super().__init__(str(path))
        self.path = path


def require_data(instance: Instance) -> Path:
    if instance.data is None:
        raise DataFolderError("VAGUEMESTRE_DATA names no data folder")
    if len(str(instance.data / LONGEST_SOCKET)) > 107:
        raise DataFolderError(f"{instance.data}: too long a path, sockets below it would pass 107 characters")
    return instance.data


def make(instance: Instance) -> None:
    data = require_data(instance)
    for name, (owner, group, mode) in FOLDERS.items():
        if owner == "_rspamd" and not instance.rspamd:
            continue  # a test has neither Rspamd nor its user
        lay(data, name, owner, group, mode)
    _make_mail_file(data)


def lay(data: Path, name: str, owner: str, group: str, mode: int) -> None:
    """Makes a folder below `data` where it is missing, and puts its owner right. Raises SymbolicLinkError: who owns the
    folder above may have put a link there, for root to give them another one."""
    with _opened(data, name) as place:
        _give(place, owner, group, mode)


def _give(place: int, owner: str, group: str, mode: int) -> None:
    shutil.chown(place, owner, group)
    os.fchmod(place, mode)


def share_files(data: Path, name: str, owner: str, group: str, mode: int, *, only: str | None = None) -> None:
    """Files of `owner` right in that folder, or `only` the one: older than their group, or back from a backup."""
    user, members = getpwnam(owner).pw_uid, getgrnam(group).gr_gid
    with _opened(data, name) as place:
        for found in os.listdir(place):  # noqa: PTH208 - a descriptor
            facts = os.stat(found, dir_fd=place, follow_symlinks=False)
            mine = stat.S_ISREG(facts.st_mode) and facts.st_uid == user and facts.st_gid != members
            if mine and only in (None, found):
                with open(_open(data / name / found, place, os.O_RDONLY)) as file:
                    _give(file.fileno(), owner, group, mode)


@contextmanager
def _opened(data: Path, name: str) -> Iterator[int]:
    path, place = data, os.open(data, os.O_DIRECTORY)
    try:
        for part in Path(name).parts:
            path /= part
            with suppress(FileExistsError):
                os.mkdir(part, 0o700, dir_fd=place)
            inner = _open(path, place, os.O_DIRECTORY)
            os.close(place)
            place = inner
        yield place
    finally:
        os.close(place)


def _open(path: Path, place: int, flags: int) -> int:
    """Where root alone writes, a link is the operator's own: mail on another disk."""
    above = os.fstat(place)
    if above.st_uid or above.st_mode & 0o022:
        flags |= os.O_NOFOLLOW
    try:
        return os.open(path.name, flags, 0o600, dir_fd=place)
    except OSError as error:
        if error.errno not in (errno.ELOOP, errno.ENOTDIR):
            raise
        raise SymbolicLinkError(path) from error


def _make_mail_file(data: Path) -> None:
    """Empty, for the product to fill. Only root can give it to Postfix's group, which is how the daemons read it."""
    with _opened(data, "db") as place:
        file = _open(data / "db" / "mail.sqlite3", place, os.O_CREAT | os.O_RDWR)
    with open(file):  # noqa: PTH123 - a descriptor, closed afterwards
        _give(file, "vaguemestre", "postfix", 0o640)


def place_keys(instance: Instance, config: Path) -> None:
    """Copies for processes that may not enter `secrets`: the public half and the door's key for Dovecot, the
    DKIM key for Rspamd."""
    data = require_data(instance)
    keys = config / "dovecot" / "keys" / "default" / "ES256"
    keys.mkdir(mode=0o755, parents=True, exist_ok=True)
    for public in (data / "secrets").glob("mail-token.*.pub.pem"):
        number = public.name.split(".")[1]
        _copy(data, public.name, keys / number, "root", 0o644)
    door = config / "dovecot" / "door-keys" / "default" / "HS256"
    door.mkdir(mode=0o755, parents=True, exist_ok=True)
    _copy(data, socket_key.FILE, door / socket_key.key_id(), "dovecot", 0o640)
    for other in {*door.iterdir()} - {door / socket_key.key_id()}:  # of a machine that had another name
        other.unlink()
    selector = dkim_selector(data)
    if instance.rspamd and selector:
        _copy(data, f"dkim.{selector}.pem", config / "rspamd" / "dkim.key", "_rspamd", 0o640)


def dkim_selector(data: Path) -> str | None:
    """`dkim.<selector>.pem`; with several the last in order signs, so that a newer one takes over."""
    names = sorted(path.name for path in (data / "secrets").glob(f"{DKIM_PREFIX}*.pem"))
    return names[-1].removeprefix(DKIM_PREFIX).removesuffix(".pem") if names else None


def _copy(data: Path, secret: str, target: Path, group: str, mode: int) -> None:
    with _opened(data, "secrets") as place:
        source = _open(data / "secrets" / secret, place, os.O_RDONLY)
    fresh = target.with_name(target.name + ".new")
    with open(source, "rb") as file:  # noqa: PTH123 - a descriptor
        fresh.write_bytes(file.read())
    shutil.chown(fresh, "root", group)
    fresh.chmod(mode)
    fresh.replace(target)
