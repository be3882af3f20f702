"""A message that did not reach somebody, sent to that person again: as it was, or once their address was mended."""

from dataclasses import replace

from vaguemestre.accounts.models import Account
from vaguemestre.mailbox.messages import Message
from vaguemestre.webmail.compose import identities
from vaguemestre.webmail.compose.draft_content import DraftContent, DraftOrigin
from vaguemestre.webmail.compose.rich_text import content_id_of
from vaguemestre.webmail.models import Outgoing
from vaguemestre.webmail.people.address_list import Recipient, parse_recipients, recipient_of, recipients_text
from vaguemestre.webmail.preferences import lookup


def resent_to_one(letter: DraftContent, message: Message, address: str) -> DraftContent:
    """The letter taken up again, to nobody else."""
    people = [*map(recipient_of, (*message.to, *message.cc)), *parse_recipients(message.headers.get("Bcc"))]
    found = next((one for one in people if one.address.lower() == address.lower()), Recipient("", address))
    return replace(letter, to=recipients_text([found]), cc="", bcc="")


def resent_unchanged(account: Account, letter: DraftContent, message: Message, address: str, key: str) -> DraftContent:
    """Without a sheet that would say so: from the address that it came from, with the pictures that its text shows."""
    shown = [part.path for part in message.inline.values() if part.path]
    pictures = tuple(path for path in shown if f"cid:{content_id_of(path, key)}" in letter.html)
    sender = identities.reply_sender(account, lookup.load_preferences(account), message)
    return replace(resent_to_one(letter, message, address), pictures=pictures, sender=sender)


def keep_its_place(outgoing: Outgoing, source: DraftOrigin, message: Message) -> None:
    """It answers what the first one answered, and stands in the same conversation. Once it has left, that one is no
    longer marked (`bounce_keyword.note_resent`)."""
    Outgoing.objects.filter(pk=outgoing.pk).update(
        source_folder=source.folder, source_uid=source.uid,
        source_message_id=message.in_reply_to, references=list(message.references),
    )  # fmt: skip
