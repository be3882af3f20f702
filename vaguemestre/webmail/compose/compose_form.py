"""The writing sheet as it is drawn: what was typed, who is outside, what was refused and what to do about it."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _, ngettext

from vaguemestre.accounts.models import Account
from vaguemestre.mailbox.messages import Address
from vaguemestre.web.date_text import clock_time, relative_date_text
from vaguemestre.web.number_text import number_text, octets_text
from vaguemestre.web.url_cache import reverse
from vaguemestre.webmail.compose import (
    attached_files,
    drafts,
    identities,
    link_attachments,
    recipient_chips,
    rich_text,
    send_checks,
    signature_choice,
    signatures,
)
from vaguemestre.webmail.compose.draft_content import FIELDS, DraftContent
from vaguemestre.webmail.compose.drafts import DraftCopy
from vaguemestre.webmail.compose.link_attachments import LinkedFile
from vaguemestre.webmail.compose.signature_choice import NamedSignature
from vaguemestre.webmail.content.own_lines import own_lines
from vaguemestre.webmail.mailbox_access import MailboxAccess, writable_elsewhere
from vaguemestre.webmail.models import Outgoing, OutgoingFile
from vaguemestre.webmail.people.address_list import Recipient, parse_recipients
from vaguemestre.webmail.people.correspondents import Avatar, avatar, is_outside
from vaguemestre.webmail.preferences import lookup


@dataclass(frozen=True, slots=True)
class AttachedFile:
    id: int
    name: str
    words: str


@dataclass(frozen=True, slots=True)
class OfferedFile:
    """An attachment of the source, or a whole message, which comes along unless it is unticked. Before anything is
    saved."""

    value: str
    name: str
    words: str
    field: str = "piece"


@dataclass(frozen=True, slots=True)
class FormFiles:
    """What goes along with the message, and what still may."""

    attached: list[AttachedFile]
    linked: list[LinkedFile]  # files that travel as links
    by_link: dict[str, str | int]  # what is said of one too heavy, and how heavy it may be; empty: none travels so
    offered: list[OfferedFile]
    weight: str
    limit: int  # bytes of files that still fit, before encoding

    @property
    def heavy(self) -> bool:
        """They take more than half of what a message may weigh."""
        return bool(self.attached) and self.limit * 2 < attached_files.size_limit()


@dataclass(frozen=True, slots=True)
class ComposeForm:
    key: str
    url: str
    sender: str
    senders: list[Address]  # what may be chosen for it; one alone is only shown
    elsewhere_senders: list[Address]  # those of the other mailboxes that it may leave from
    letter: DraftContent
    html: str  # as the editor has it; empty: plain text
    fields: list[recipient_chips.RecipientField]
    offered: recipient_chips.OfferedPeople
    files: FormFiles
    outside: str
    only_hidden: bool
    forgotten_file: str
    back: str
    kept: int  # which change of this window the server has, of those it counts
    begun: str  # what it was before anything was typed; empty once kept
    status: str = ""
    problems: list[str] = field(default_factory=list)
    elsewhere: bool = False
    last_writer: str = ""  # a colleague and when
    signatures: Callable[[], list[NamedSignature]] = list  # asked for by the whole sheet only
    plain_end: Callable[[], tuple[int, str]] = lambda: (0, "")  # of plain text, as above: own lines, then who signs
    former: str = ""  # the formatting that was just given up, as the editor had it

    @property
    def opened(self) -> int:
        """When its sheet was drawn first, in seconds."""
        return self.letter.opened or int(timezone.now().timestamp())

    @property
    def title(self) -> str:
        return self.letter.subject or _("New message")

    @property
    def face(self) -> Avatar:
        return avatar(
            self.senders[0] if self.senders else None, [self.senders[0].address.lower()] if self.senders else ()
        )

    @property
    def to_words(self) -> str:
        """Recipients by name, on one line."""
        return ", ".join(one.label for one in self.fields[0].people)

    @property
    def other_sender(self) -> bool:
        return len(self.senders) > 1 and self.sender != self.senders[0].address

    @property
    def source(self) -> str:
        """The message that it answers or hands on, as the page that shows it names it."""
        letter = self.letter
        answers = letter.source is not None and letter.kind != Outgoing.Kind.NEW
        return f"{letter.source.folder}.{letter.source.uid}" if answers and letter.source else ""


def compose_form(
    access: MailboxAccess, key: str, letter: DraftContent, *,
    back: str,
    outgoing: Outgoing | None = None,
    offered: Sequence[OfferedFile] = (),
    problems: Sequence[str] = (),
    status: str = "", elsewhere: bool = False,
    typed: Mapping[str, str] | None = None,
    former: str = "", coming: bool = False,
) -> ComposeForm:  # fmt: skip
    kept = list(outgoing.files.all()) if outgoing else []
    senders, now = identities.writable_addresses(access.mailbox), timezone.now()
    linked = link_attachments.linked_files(access.mailbox.key, key, now, coming=coming) if outgoing else []
    return ComposeForm(
        key=key,
        url=reverse("webmail:compose", args=[key]),
        sender=next((one.address for one in senders if one.address == letter.sender), access.mailbox.address),
        senders=senders,
        elsewhere_senders=_of_mailboxes(writable_elsewhere(access)),
        letter=letter,
        fields=recipient_chips.recipient_fields(access.reader, letter, typed or {}),
        offered=recipient_chips.offered_people(letter),
        files=_files(letter.html, kept, linked, offered, now),
        html=rich_text.editor_html(letter, key, kept) if letter.html else letter.unkept,
        outside=_outside_text(letter) if access.is_own else "",  # nearly everybody who writes to a box is
        only_hidden=bool(parse_recipients(letter.bcc)) and not parse_recipients(f"{letter.to}\n{letter.cc}"),
        forgotten_file=_forgotten_file(outgoing) if outgoing else "",
        back=back,
        kept=outgoing.typed if outgoing and outgoing.writer == letter.writer else 0,
        begun="" if outgoing else letter.fingerprint,
        status=status,
        problems=[*(refusal_texts(outgoing.failure) if outgoing and outgoing.failure else []), *problems],
        elsewhere=elsewhere,
        last_writer=_last_writer(outgoing, access.reader, now) if outgoing else "",
        signatures=lambda: _signatures(access.mailbox),
        plain_end=lambda: _plain_end(access.mailbox, letter),
        former=rich_text.editor_html(replace(letter, html=former), key, kept) if former else "",
    )


def _last_writer(outgoing: Outgoing, reader: Account, now: datetime) -> str:
    """Two members have one draft before them."""
    if not (name := drafts.colleague_name(outgoing, reader)):
        return ""
    words = {"name": name, "when": relative_date_text(outgoing.changed_at, now)}
    return _("%(name)s last wrote in this draft (%(when)s). Agree on who sends it.") % words


def _forgotten_file(outgoing: Outgoing) -> str:
    """Who writes of no file costs no query."""
    if not send_checks.forgotten_file_text(outgoing, ""):
        return ""
    signature = signatures.signature_text(lookup.load_preferences(outgoing.account))
    return send_checks.forgotten_file_text(outgoing, signature)


def _outside_text(letter: DraftContent) -> str:
    return outside_text([one for name in FIELDS for one in parse_recipients(getattr(letter, name))])


def saved_text(now: datetime, copy: DraftCopy) -> str:
    words = {
        DraftCopy.THERE: _("Draft saved at %s"),
        DraftCopy.LATER: _("Draft kept at %s; it will join the drafts by itself"),
        DraftCopy.NO_ROOM: _("Draft kept at %s among what waits: the mailbox is full"),
    }
    return words[copy] % clock_time(now)


def outside_text(people: Sequence[Recipient]) -> str:
    count = len({person.address.lower() for person in people if person.valid and is_outside(person.address)})
    if not count:
        return ""
    words = ngettext(
        "You are writing to %s recipient outside the academy.",
        "You are writing to %s recipients outside the academy.",
        count,
    )
    return words % number_text(count)


def size_text(files: Sequence[OutgoingFile]) -> str:
    if not files:
        return ""
    total = attached_files.base64_size(file.size for file in files)
    return _("%(size)s of %(limit)s once sent") % {
        "size": octets_text(total),
        "limit": octets_text(attached_files.size_limit()),
    }


def refusal_texts(failure: dict[str, object]) -> list[str]:
    """What the mail server refused, and what can be done, in words for a person."""
    recipients = failure.get("recipients")
    if isinstance(recipients, dict) and recipients:
        return [_recipient_refusal(address, *said) for address, said in recipients.items()]
    if name := failure.get("left"):
        said = _("%s wrote this message and no longer writes for this mailbox. Read it again, then send or delete it.")
        return [said % name]
    if failure.get("held"):
        return [_("Nothing was sent: this account was shut as stolen while it waited. Send it again if you wrote it.")]
    if failure.get("full"):
        return [_("Sent. There is no room for its copy in the mailbox: make some, and it will join Sent by itself.")]
    if failure.get("no_room"):
        return [
            _(
                "The mailbox is full: this draft is kept here, not among the drafts yet. You may go on, and send it. "
                "Make room, and it will join them by itself."
            )
        ]
    if failure.get("shut"):
        return [
            _("Not sent at its hour: your account could not send then. Ask your help desk why, then send it again.")
        ]
    if failure.get("sender"):
        return [_("Not sent at its hour: the address it was written from is no longer yours. Check it, then send it.")]
    if file := failure.get("coming"):
        said = _("Not sent at its hour: “%s” is no longer whole here. Choose this file again, then send the message.")
        return [said % file]
    code = failure.get("code")
    if code == 552:
        return [_("Nothing was sent: the message is too large. Remove an attachment, then send again.")]
    return [_("Nothing was sent: the mail server refused the message. Check it, then send again.")]


def _files(
    html: str, kept: list[OutgoingFile], linked: list[LinkedFile], offered: Sequence[OfferedFile], now: datetime
) -> FormFiles:
    attached = [file for file in kept if not file.content_id]
    return FormFiles(
        attached=[AttachedFile(file.pk, file.name, octets_text(file.size)) for file in attached],
        linked=linked,
        by_link=link_attachments.link_offer(now),
        offered=list(offered),
        weight=size_text([*attached, *rich_text.shown_pictures(html, kept)] if attached else []),
        limit=attached_files.room_left(file.size for file in kept),
    )


def _recipient_refusal(address: str, code: int, text: str) -> str:
    said, words = text.lower(), {"address": address}
    if "quota" in said or "full" in said or code == 552:
        return _("Nothing was sent: the mailbox of %(address)s is full. Remove this person, or try tomorrow.") % words
    if "5.1." in said or "unknown" in said or code in {550, 553}:
        if is_outside(address):
            return _("Nothing was sent: %(address)s is refused. Check its spelling, or remove it.") % words
        return _("Nothing was sent: %(address)s does not exist here. Check its spelling, or remove it.") % words
    return _("Nothing was sent: %(address)s was refused. Remove it, or try again later.") % words


def _plain_end(account: Account, letter: DraftContent) -> tuple[int, str]:
    signature = letter.signed
    if signature is None:
        chosen, new = lookup.load_preferences(account), letter.kind == Outgoing.Kind.NEW
        signature = signature_choice.signature_for_message(chosen, letter.sender, new=new).text
    return own_lines(letter.text, signature), ", ".join(line for line in signature.split("\n") if line.strip())


def _of_mailboxes(there: Iterable[MailboxAccess]) -> list[Address]:
    return [Address(one.mailbox.display_name, one.mailbox.address) for one in there]


def _signatures(account: Account) -> list[NamedSignature]:
    """To change one for another; nothing to choose from when there is only one."""
    found = signature_choice.all_signatures(lookup.load_preferences(account))
    return [replace(one, html=rich_text.editor_snippet(one.html)) for one in found] if len(found) > 1 else []
