"""The folders that the daemons need inside the data folder, with the owners they insist on; their copies of keys."""

import shutil
from pathlib import Path

from vaguemestre.instance import Instance

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


class DataFolderUnusable(Exception):
    """No data folder, or one that the daemons cannot use; the message says why."""


def require_data(instance: Instance) -> Path:
    if instance.data is None:
        raise DataFolderUnusable("VAGUEMESTRE_DATA names no data folder")
    if len(str(instance.data / LONGEST_SOCKET)) > 107:
        raise DataFolderUnusable(f"{instance.data}: too long a path, sockets below it would pass 107 characters")
    return instance.data


def make(instance: Instance) -> None:
    data = require_data(instance)
    for name, (owner, group, mode) in FOLDERS.items():
        if owner == "_rspamd" and not instance.rspamd:
            continue  # a test has neither Rspamd nor its user
        folder = data / name
        folder.mkdir(mode=mode, parents=True, exist_ok=True)
        shutil.chown(folder, owner, group)
        folder.chmod(mode)
    _make_mail_file(data / "db" / "mail.sqlite3")


def _make_mail_file(file: Path) -> None:
    """Empty, for the product to fill. Only root can give it to Postfix's group, which is how the daemons read it."""
    file.touch()
    shutil.chown(file, "vaguemestre", "postfix")
    file.chmod(0o640)


def place_keys(instance: Instance, config: Path) -> None:
    """Copies for processes that may not enter `secrets`: the public half for Dovecot, the DKIM key for Rspamd."""
    from vaguemestre.engine.facts import dkim_selector

    data = require_data(instance)
    keys = config / "dovecot" / "keys" / "default" / "ES256"
    keys.mkdir(mode=0o755, parents=True, exist_ok=True)
    for public in (data / "secrets").glob("mail-token.*.pub.pem"):
        number = public.name.split(".")[1]
        _copy(public, keys / number, "root", 0o644)
    selector = dkim_selector(data)
    if instance.rspamd and selector:
        _copy(data / "secrets" / f"dkim.{selector}.pem", config / "rspamd" / "dkim.key", "_rspamd", 0o640)


def _copy(source: Path, target: Path, group: str, mode: int) -> None:
    fresh = target.with_name(target.name + ".new")
    fresh.write_bytes(source.read_bytes())
    shutil.chown(fresh, "root", group)
    fresh.chmod(mode)
    fresh.replace(target)
