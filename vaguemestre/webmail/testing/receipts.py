"""Shared by tests: receipts."""

from vaguemestre.testing import letter
from vaguemestre.webmail.models import new_key
from vaguemestre.webmail.testing.browser import MailBrowser


def arrived(desk: MailBrowser, author: MailBrowser, folder: str = "inbox", **headers: str) -> int:
    """A message of `author` that asks for a receipt, as Dovecot has stored it."""
    asked = {"Disposition_Notification_To": author.mail.address, "Return_Path": f"<{author.mail.address}>"}
    message = letter(
        desk.mail.address, sender=f"Karim Belkacem <{author.mail.address}>", subject="Réunion d’été",
        Message_ID=f"<{new_key()}@ac-amiens.fr>", **{**asked, **headers},
    )  # fmt: skip
    return desk.put(message, folder)
