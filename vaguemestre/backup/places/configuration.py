"""Where backups go: section `[backup]` of instance.toml, or what a restore is told on a machine that has none yet."""

import os
import stat
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings

from vaguemestre.backup import unfinished_restore
from vaguemestre.backup.errors import (
    InsideDataError,
    NotConfiguredError,
    PasswordFileError,
    SamePlaceError,
    UnfinishedRestoreError,
)

REMOTE = ("sftp:", "rest:", "s3:")


@dataclass(frozen=True)
class BackupTarget:
    """A restic repository: an absolute folder, `sftp:…`, `rest:https://…` or `s3:https://…`, with its own password.
    `credentials_file`: for S3, in the form of the AWS tools; for a REST server, `user:password`."""

    address: str
    password_file: Path
    credentials_file: Path | None = None

    @property
    def folder(self) -> Path | None:
        """None: on another machine."""
        return None if self.address.startswith(REMOTE) else Path(self.address)


@dataclass(frozen=True)
class BackupConfiguration:
    """`mail`: database, files and mail. `secrets`: keys, configuration, and what was revoked; elsewhere."""

    data: Path
    mail: BackupTarget
    secrets: BackupTarget
    keep_days: int = 14
    keep_weeks: int = 8
    keep_months: int = 6
    late_hours: int = 26  # after the last complete backup: from then on everybody concerned is told
    processors: int = 1  # that restic takes at most
    upload_kib: int = 0  # a second; 0: as fast as it goes

    @property
    def work(self) -> Path:
        """Root's own: restic's cache, what is on its way."""
        return self.data / "backup" / "work"


def configured() -> BackupConfiguration:
    """Raises NotConfiguredError, UnfinishedRestoreError. Whether it is sound, `require_sound` tells: only root sees
    that."""
    if settings.BACKUP is None or settings.DATA is None:
        raise NotConfiguredError
    if (settings.DATA / unfinished_restore.FILE).exists():
        raise UnfinishedRestoreError(settings.DATA)
    section = dict(settings.BACKUP)
    mail = BackupTarget(section.pop("repository"), section.pop("password_file"), section.pop("credentials_file"))
    secrets = BackupTarget(
        section.pop("secrets_repository"),
        section.pop("secrets_password_file"),
        section.pop("secrets_credentials_file"),
    )
    return BackupConfiguration(data=settings.DATA, mail=mail, secrets=secrets, **section)


def require_sound(configuration: BackupConfiguration) -> None:
    """Two places apart, outside the data folder, each with a password of its own that only root can read."""
    targets = (configuration.mail, configuration.secrets)
    for target in targets:
        for path in (target.folder, target.password_file):
            if path is not None and _within(path, configuration.data):
                raise InsideDataError(path)
    first, second = (_normal(target) for target in targets)
    if first == second or first.startswith(f"{second}/") or second.startswith(f"{first}/"):
        raise SamePlaceError(configuration.mail.address)
    passwords = [_password(target.password_file) for target in targets]
    if passwords[0] == passwords[1]:
        raise SamePlaceError(configuration.secrets.password_file)


def _password(file: Path) -> bytes:
    """Raises PasswordFileError. A link is followed: it is root's own to make."""
    try:
        facts = file.stat()
        content = file.read_bytes().strip()
    except OSError as error:
        raise PasswordFileError(f"{file}: {error.strerror}") from error
    if not stat.S_ISREG(facts.st_mode) or not content:
        raise PasswordFileError(f"{file}: empty")
    if facts.st_mode & 0o077 or facts.st_uid != os.geteuid():
        raise PasswordFileError(f"{file}: chown root, chmod 0600")
    return content


def _within(path: Path, folder: Path) -> bool:
    return path.resolve().is_relative_to(folder.resolve())


def _normal(target: BackupTarget) -> str:
    """The same for two spellings of one place."""
    if target.folder is not None:
        return str(target.folder.resolve())
    kind, _colon, rest = target.address.partition(":")
    # sftp:somebody@host:path is the form of scp.
    parts = urlsplit(rest if "//" in rest.partition("@")[0] or "://" in rest else f"//{rest.replace(':', '/', 1)}")
    host = (parts.hostname or "").lower()
    # Who signs in is no other place. By SFTP two users may be.
    name = f"{parts.username or ''}@" if kind == "sftp" else ""
    port = f":{parts.port}" if parts.port else ""
    return os.path.normpath(f"{kind}:/{name}{host}{port}/{parts.path.strip('/')}")
