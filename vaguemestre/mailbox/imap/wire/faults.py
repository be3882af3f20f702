from vaguemestre.mailbox.errors import MailboxUnavailable


class ConnectionLost(MailboxUnavailable):
    """The connection ended. A reading may be tried once more on a new one."""


class ProtocolBroken(MailboxUnavailable):
    """What came is not IMAP, or is larger than anything reasonable. The connection is not used again."""
