"""Why a backup or a restore did not happen. `code` is kept in the state file; `sentences.py` has the words for it."""

from pathlib import Path


class BackupError(Exception):
    """`detail`: a path, an address or the last line of restic, for the operator; never a secret."""

    code = "failed"

    def __init__(self, detail: str | Path = "") -> None:
        super().__init__(f"{self.code}: {detail}" if detail else self.code)
        self.detail = str(detail)


class NotConfiguredError(BackupError):
    """instance.toml has no `[backup]`."""

    code = "not-configured"


class SamePlaceError(BackupError):
    """Mail and secrets would lie in one place: whoever has it has all."""

    code = "same-place"


class InsideDataError(BackupError):
    """A repository or a password inside the data folder would be lost with it."""

    code = "inside-data"


class PasswordFileError(BackupError):
    """Missing, empty, not root's own, or open to others."""

    code = "password-file"


class WrongPasswordError(BackupError):
    code = "wrong-password"


class TargetFullError(BackupError):
    code = "target-full"


class LockedError(BackupError):
    """Somebody else, perhaps another machine, is at work in the repository."""

    code = "locked"


class AlreadyRunningError(BackupError):
    """Another act of backup is under way on this machine."""

    code = "already-running"


class NotARepositoryError(BackupError):
    """Nothing there: a wrong place, or a disk that is not mounted."""

    code = "not-a-repository"


class ForeignRepositoryError(BackupError):
    """It holds the backups of another installation."""

    code = "foreign-repository"


class UnreachableError(BackupError):
    code = "unreachable"


class NoBackupError(BackupError):
    """No complete backup, or not the one that was named."""

    code = "no-backup"


class DamagedError(BackupError):
    """What a repository keeps."""

    code = "damaged"


class DamagedHereError(BackupError):
    """What is on this machine, while the repository holds together: restic compares the sums of all that it brings."""

    code = "damaged-here"


class MailMissingError(BackupError):
    """Accounts without mail, or half of it gone since the last backup: perhaps a disk that is not mounted."""

    code = "mail-missing"


class NotEmptyError(BackupError):
    """There is a store in the data folder already."""

    code = "not-empty"


class NewerStoreError(NotEmptyError):
    """And it knows more than the backup does."""

    code = "newer-store"


class UnfinishedRestoreError(BackupError):
    """What is in the data folder is not whole: a copy of it would be none."""

    code = "unfinished-restore"


class OtherDiskError(BackupError):
    """A link or a mount point with something in it cannot be put aside."""

    code = "other-disk"
