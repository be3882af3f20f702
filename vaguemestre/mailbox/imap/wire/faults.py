from vaguemestre.mailbox.errors import MailboxUnavailable


class ConnectionLostError(MailboxUnavailable):
    """The connection ended. A reading may be tried once more on a new one."""


class ProtocolError(MailboxUnavailable):
    """What came is not IMAP, or is larger than anything reasonable. The connection is not used again."""
