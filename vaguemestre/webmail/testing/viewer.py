"""Shared by tests: viewer."""

from email.message import EmailMessage

from vaguemestre.testing import letter


def forwarded(inner: EmailMessage) -> EmailMessage:
    message = letter("x@ac-amiens.fr", subject="Fwd")
    message.add_attachment(inner)
    return message
