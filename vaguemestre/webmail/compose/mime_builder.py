"""From a draft to the bytes that travel."""

from collections.abc import Sequence
from datetime import datetime

from vaguemestre.handouts.message_links import MessageLink
from vaguemestre.mailbox.messages import Address
from vaguemestre.mailbox.mime import message_builder
from vaguemestre.webmail.compose import identities, link_attachments, rich_text
from vaguemestre.webmail.compose.draft_copies import message_id_of
from vaguemestre.webmail.models import Outgoing, OutgoingFile
from vaguemestre.webmail.people.address_list import Recipient, parse_recipients


def build_message(
    outgoing: Outgoing, now: datetime, *, is_draft: bool = False, links: Sequence[MessageLink] = ()
) -> bytes:
    """A draft keeps its blind copies and its mistakes out of the envelope; what is sent has neither. `links`: to the
    files that travel apart."""
    forwards, files = outgoing.kind == Outgoing.Kind.FORWARD, list(outgoing.files.all())
    return message_builder.build_message(
        sender=Address(outgoing.account.display_name, outgoing.sender),
        to=_addresses(outgoing.to),
        cc=_addresses(outgoing.cc),
        bcc=_addresses(outgoing.bcc) if is_draft else (),
        subject=outgoing.subject,
        text=link_attachments.links_text(outgoing, links, now),
        date=now,
        message_id=message_id(outgoing),
        in_reply_to=outgoing.source_message_id if _usable(outgoing.source_message_id) and not forwards else "",
        references=[reference for reference in outgoing.references if _usable(reference)],
        attachments=[message_builder.File(file.name, file.type, file.path) for file in files if not file.content_id],
        formatted=_formatted(outgoing, link_attachments.links_html(outgoing, links, now), files)
        if outgoing.html
        else None,
        keep_bcc=is_draft,
        receipt_to=Address(outgoing.account.display_name, outgoing.sender) if outgoing.asks_receipt else None,
        importance=outgoing.importance,
        reply_to=identities.reply_to(outgoing),
        reminds_after=outgoing.reminds_after or 0,
    )


def message_id(outgoing: Outgoing) -> str:
    """The same however often it is built, so that what was stored or sent can be found again."""
    return message_id_of(outgoing.key)


def envelope_recipients(outgoing: Outgoing) -> list[Recipient]:
    """Everybody once, in any field."""
    return parse_recipients("\n".join((outgoing.to, outgoing.cc, outgoing.bcc)))


def _formatted(outgoing: Outgoing, html: str, files: Sequence[OutgoingFile]) -> message_builder.Formatted:
    shown = rich_text.shown_pictures(outgoing.html, files)
    pictures = [message_builder.File(file.name, file.type, file.path, file.content_id) for file in shown]
    return message_builder.Formatted(rich_text.sent_html(html), pictures)


def _usable(message_id: str) -> bool:
    """Some programs write Message-IDs that cannot be written again."""
    return any("!" <= sign <= "~" and sign not in "<>" for sign in message_id)


def _addresses(text: str) -> list[Address]:
    return [Address(person.name, person.address) for person in parse_recipients(text) if person.valid]
