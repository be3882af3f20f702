from vaguemestre.mailbox.errors import MailboxUnavailableError


class ConnectionLostError(MailboxUnavailableError):
    """The connection ended. A reading may be tried once more on a new one."""


class ProtocolError(MailboxUnavailableError):
    """What came is not IMAP, or is larger than anything reasonable. The connection is not used again."""
