"""Shared by tests: messages."""

from email.message import EmailMessage

from vaguemestre.testing import imap_connection, letter
from vaguemestre.webmail.testing.browser import MailBrowser

PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c489"
    "0000000a49444154789c6360000000020001e221bc330000000049454e44ae426082"
)


def html_letter(html: str, text: str = "Version en texte.") -> EmailMessage:
    message = letter("x@ac-amiens.fr", text=text)
    message.add_alternative(html, subtype="html")
    return message


def with_file(name: str, content: bytes = b"contenu", kind: str = "application/pdf") -> EmailMessage:
    message = letter("x@ac-amiens.fr", subject="Avec pièce")
    main, _, sub = kind.partition("/")
    message.add_attachment(content, maintype=main, subtype=sub, filename=name)
    return message


def unjudge(desk: MailBrowser, role: str = "inbox") -> None:
    """As mail is that was stored before the server noted who has a file."""
    program = imap_connection(desk.mail)
    program.select(str(desk.folder(role).name))
    program.search(None, "TEXT", "dossier")  # the index reads each message, and notes it again: that must be over
    program.store("1:*", "-FLAGS.SILENT", "($HasAttachment $HasNoAttachment)")
    program.logout()
