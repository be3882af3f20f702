"""Why a message shows no text, in words: it is sealed, it is in pieces, its content is elsewhere, or it is damaged."""

from collections.abc import Callable

from django.utils.translation import gettext as _

from vaguemestre.mailbox.containers.signed_message import TYPES as SMIME
from vaguemestre.mailbox.messages import Message, Part

PGP_ARMOUR = "-----BEGIN PGP MESSAGE-----"


def obstacle_text(message: Message, text: str) -> str:
    """Empty when there is something to read, or simply nothing that was written."""
    if message.row.structure.type == "multipart/encrypted" or text.lstrip().startswith(PGP_ARMOUR):
        return _(
            "This message is encrypted (PGP): only a program that holds your key can open it, such as Thunderbird. "
            "Its sealed content can be saved."
        )
    if message.html is not None or text.strip():
        return ""
    # What stood in a signed envelope may be encrypted in its turn.
    for part in message.attachments if message.seal else message.row.structure.walk():
        if (words := _OF_PARTS.get(part.type)) is not None:
            return words(part)
    return _damaged() if not message.seal and _is_damaged(message) else ""


def _sealed(part: Part) -> str:
    if part.parameters.get("smime-type", "").lower() == "signed-data":
        return _(
            "This message is signed in a closed envelope (S/MIME) that could not be opened here: try a program such as "
            "Thunderbird or Outlook. Its content can be saved."
        )
    return _(
        "This message is encrypted (S/MIME): only a program that holds your key can open it, such as Thunderbird or "
        "Outlook. Its sealed content can be saved."
    )


def _piece(part: Part) -> str:
    number, total = part.parameters.get("number", ""), part.parameters.get("total", "")
    if number.isdecimal() and total.isdecimal():
        words = {"number": number[:4], "total": total[:4]}
        return _("This is part %(number)s of %(total)s of a message that was sent in pieces. Ask for it whole.") % words
    return _("This is a part of a message that was sent in pieces. Ask for it whole.")


def _elsewhere(_part: Part) -> str:
    return _("The content of this message lies elsewhere and is not fetched. Ask the sender to attach it.")


def _damaged() -> str:
    return _("This message is damaged: its content could not be made out. You may save it from the menu above.")


def _is_damaged(message: Message) -> bool:
    if message.attachments:
        return False
    unnamed = not any(name in message.headers for name in ("Subject", "Date", "To"))
    return message.row.structure.is_multipart or unnamed


_OF_PARTS: dict[str, Callable[[Part], str]] = {
    **dict.fromkeys(SMIME, _sealed),
    "message/partial": _piece,
    "message/external-body": _elsewhere,
}
