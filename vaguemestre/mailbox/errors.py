"""What a caller may have to tell a person. `permanent`: trying again later will not help."""

from collections.abc import Mapping


class MailboxError(Exception):
    def __init__(self, message: str, *, permanent: bool = False) -> None:
        super().__init__(message)
        self.permanent = permanent


class MailboxUnavailableError(MailboxError):
    """The mail server does not answer, or what it says cannot be understood. Nothing is known about the last act."""


class NoAnswerError(MailboxUnavailableError):
    """It was asked, and said nothing for as long as one waits."""


class ServerAwayError(MailboxUnavailableError):
    """It serves nobody for now, or not this person; nothing was begun."""


class MailboxRefusedError(MailboxError):
    """The mail server understood and said no. `code` is its response code in capitals ("NOPERM"), or ""."""

    TRANSIENT = frozenset({"INUSE", "UNAVAILABLE", "SERVERBUG", "LIMIT", "CONTACTADMIN"})

    def __init__(self, code: str, text: str) -> None:
        super().__init__(f"[{code}] {text}" if code else text, permanent=code not in self.TRANSIENT)
        self.code = code
        self.text = text


class SignInRefusedError(MailboxRefusedError):
    """The token or the account is refused: blocked, closed, or not open yet."""


class NoSuchFolderError(MailboxRefusedError):
    def __init__(self, text: str = "folder") -> None:
        super().__init__("NONEXISTENT", text)


class FolderExistsError(MailboxRefusedError):
    def __init__(self, text: str = "folder") -> None:
        super().__init__("ALREADYEXISTS", text)


class UidValidityChangedError(MailboxRefusedError):
    """What a page says of its list was said of numbers that mean nothing any more."""

    def __init__(self, text: str = "numbered anew") -> None:
        super().__init__("UIDVALIDITY", text)


class NoSuchMessageError(MailboxRefusedError):
    def __init__(self, text: str = "message") -> None:
        super().__init__("EXPUNGED", text)


class QuotaExceededError(MailboxRefusedError):
    def __init__(self, text: str = "quota") -> None:
        super().__init__("OVERQUOTA", text)


class CleanerError(MailboxError):
    """The HTML was not cleaned: show the text part. `reason`: "size", "depth", "time", "output", "room", "crash"
    or "away"."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"mail HTML not cleaned: {reason}", permanent=reason != "away")
        self.reason = reason


class FetchError(MailboxError):
    """Nothing came from a stranger's web server. `reason`: "address" (not a web address), "name", "inside" (one that is
    not to be spoken to), "away", "certificate" (nobody whom we believe), "time", "status", "redirects", "size", "kind"
    (not a picture) or "points" (too many of them)."""

    def __init__(self, reason: str) -> None:
        super().__init__(
            f"not fetched: {reason}", permanent=reason not in {"name", "away", "certificate", "time", "status"}
        )
        self.reason = reason


class UnpackError(MailboxError):
    """What a file holds could not be read, or would cost too much to read: offer the file itself."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"not unpacked: {reason}", permanent=True)
        self.reason = reason


class DeliveryRefusedError(MailboxError):
    """Postfix said no. `recipients`: those it refused one by one, address → (code, text); empty when it was the mail.

    Nothing was sent to anybody: a message goes to all its recipients or to none.
    """

    def __init__(
        self, permanent: bool, code: int, text: str, recipients: Mapping[str, tuple[int, str]] | None = None
    ) -> None:
        super().__init__(f"{code} {text}", permanent=permanent)
        self.code = code
        self.text = text
        self.recipients = dict(recipients or {})
