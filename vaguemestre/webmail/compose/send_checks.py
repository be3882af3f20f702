"""What is worth a look before a message leaves. Calm, and skippable: only what is confidential is refused."""

import re
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cache

from django.utils.translation import gettext as _, ngettext

from vaguemestre.handouts import message_links
from vaguemestre.mailbox.messages import Message
from vaguemestre.mailbox.mime.quoted_text import is_forwarded, split_passages
from vaguemestre.web.number_text import number_text
from vaguemestre.webmail.compose import merge_fields
from vaguemestre.webmail.mailbox_access import MailboxAccess
from vaguemestre.webmail.models import Outgoing
from vaguemestre.webmail.people import homonyms
from vaguemestre.webmail.people.address_list import Recipient, parse_recipients
from vaguemestre.webmail.people.correspondents import is_outside, undotted
from vaguemestre.webmail.people.homonyms import Homonym

VISIBLE_RECIPIENTS = 20  # from so many on, that they see one another's addresses is said
NAMED_RECIPIENTS = 3  # in a sentence; of the others the number
SMALL_CONVERSATION = 10  # people among whom a newcomer is noticed


class WarningCode(StrEnum):
    """As forms and pages bear it."""

    NO_FILE = "piece"
    NO_SUBJECT = "objet"
    NO_TEXT = "texte"
    VISIBLE_RECIPIENTS = "visibles"
    NEW_RECIPIENT = "cercle"
    EMPTY_FIELD = "variables"
    HOMONYM = "homonyme"
    OTHER_MAILBOX = "boite"


# What announces a file, in the words of the people who forget them. Not what speaks of somebody else's.
_ANNOUNCES = re.compile(
    r"\bci[- ]?(?:joint|annex)e?s?\b|(?<!votre )(?<!vos )(?<!ta )(?<!tes )\bpi[èe]ces?[- ]jointes?\b|\bP\.?J\.?(?=\W|$)"
    r"|\ben (?:annexe|attaché|attachement)\b|\b(?:je|nous) (?:vous |te |t['’]|y )?(?:joins|joignons)\b"
    r"|\b(?:fichier|document|tableau|formulaire|courrier|dossier)s? (?:ci-)?joints?\b"
    r"|\btrouverez (?:joint|attaché|annexé)"
    r"|(?<!your )\battach(?:ed|ments?)\b|\bI attach\b|\benclosed\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class SendWarning:
    code: WarningCode
    said: str
    may_hide: bool = False  # one press puts everybody in hidden copy
    may_fill: bool = False  # one press fills in what is known
    others: Sequence[Homonym] = ()  # of the same name: one press writes to them instead
    instead: str = ""  # the address of the mailbox that one press lets it leave from
    instead_name: str = ""


@dataclass(frozen=True, slots=True)
class SendContext:
    """What was noticed, the word that lets the message pass all the same, and the hour it was to leave at."""

    noticed: list[SendWarning]
    passes: str
    leaves_at: str
    settled: bool = False  # it was only said what a press has changed

    @property
    def codes(self) -> str:
        """What stands in sight now."""
        return " ".join(dict.fromkeys(one.code for one in self.noticed))

    @property
    def forgets_file(self) -> bool:
        return any(one.code == WarningCode.NO_FILE for one in self.noticed)

    @property
    def may_hide(self) -> bool:
        return any(one.may_hide for one in self.noticed)

    @property
    def may_fill(self) -> bool:
        return any(one.may_fill for one in self.noticed)


def find_warnings(
    outgoing: Outgoing, signature: str, circle: Callable[[], Collection[str] | None], *,
    passed: Collection[str] = (), today: date | None = None,
) -> list[SendWarning]:  # fmt: skip
    """`passed`: what its author has seen already. `circle`: who the conversation was with, None if unknown.
    Homonyms are those of `today`."""
    circle = cache(circle)
    found = [*_unsaid(outgoing, signature), *_blanks(outgoing, signature), *_seen_by_many(outgoing)]
    if WarningCode.NEW_RECIPIENT not in passed:
        found += _beyond(outgoing, signature, circle)
    if today and WarningCode.HOMONYM not in passed:
        found += _of_one_name(outgoing, circle, today)
    return [one for one in found if one.code not in passed]


def settled_warnings(outgoing: Outgoing, signature: str, shown: Collection[str]) -> list[str]:
    """Of what was noticed, what is no longer so. Only what the letter itself says: no mailbox is asked."""
    told = {
        WarningCode.NO_FILE,
        WarningCode.NO_SUBJECT,
        WarningCode.NO_TEXT,
        WarningCode.EMPTY_FIELD,
        WarningCode.VISIBLE_RECIPIENTS,
    }.intersection(shown)
    if not told:
        return []
    found = [*_unsaid(outgoing, signature), *_blanks(outgoing, signature), *_seen_by_many(outgoing)]
    return sorted(told.difference(one.code for one in found))


def forgotten_file_text(outgoing: Outgoing, signature: str) -> str:
    """While one types, too. Empty when nothing is missing."""
    subject = outgoing.subject if outgoing.kind == Outgoing.Kind.NEW else ""  # else it is somebody else's
    announced = _ANNOUNCES.search(f"{subject}\n{own_words(outgoing.text, signature)}")
    return _("You write of an attachment, and there is none.") if announced and not _has_files(outgoing) else ""


def own_words(text: str, signature: str) -> str:
    """Without what is quoted, handed on or signed."""
    lines = text.replace("\r\n", "\n").split("\n")
    own = next((place for place, line in enumerate(lines) if is_forwarded(line)), len(lines))
    said = "\n".join(part.text for part in split_passages("\n".join(lines[:own])) if part.kind == "text")
    return (said.replace(signature, "") if signature else said).strip()


def wrong_mailbox(box: MailboxAccess, address: str) -> SendWarning:
    words = _("%(who)s writes to the mailbox “%(box)s”; this would leave in your own name.")
    said = words % {"who": address, "box": box.mailbox.display_name}
    return SendWarning(
        WarningCode.OTHER_MAILBOX, said, instead=box.mailbox.address, instead_name=box.mailbox.display_name
    )


def addresses_in(message: Message) -> frozenset[str]:
    sender = [message.row.sender] if message.row.sender else []
    return frozenset(one.address.lower() for one in (*sender, *message.reply_to, *message.to, *message.cc))


def _unsaid(outgoing: Outgoing, signature: str) -> list[SendWarning]:
    found: list[SendWarning] = []
    said = own_words(outgoing.text, signature)
    if forgotten := forgotten_file_text(outgoing, signature):
        found.append(SendWarning(WarningCode.NO_FILE, forgotten))
    if not outgoing.subject.strip():
        found.append(SendWarning(WarningCode.NO_SUBJECT, _("There is no subject.")))
    if not said and outgoing.kind != Outgoing.Kind.FORWARD and not _has_files(outgoing):
        found.append(SendWarning(WarningCode.NO_TEXT, _("There is no text of yours in it.")))
    return found


def _has_files(outgoing: Outgoing) -> bool:
    return outgoing.files.exists() or bool(message_links.handouts_of_draft(outgoing.account_id, outgoing.key))


def _blanks(outgoing: Outgoing, signature: str) -> list[SendWarning]:
    """Variables that nothing has filled in: whoever reads the letter would see the braces."""
    subject = outgoing.subject if outgoing.kind == Outgoing.Kind.NEW else ""
    left = merge_fields.field_names(subject, own_words(outgoing.text, signature))
    if not left:
        return []
    names = [f"{{{{{name}}}}}" for name in left]
    words = ngettext("%(names)s is not filled in.", "%(names)s are not filled in.", len(left))
    known = {
        merge_fields.field_key(name)
        for name in (*merge_fields.OF_RECIPIENT, *merge_fields.OF_SENDER, *merge_fields.OF_THE_DAY)
    }
    fillable = any(merge_fields.field_key(name) in known for name in left) and len(parse_recipients(outgoing.to)) == 1
    return [SendWarning(WarningCode.EMPTY_FIELD, words % {"names": _names(names)}, may_fill=fillable)]


def _seen_by_many(outgoing: Outgoing) -> list[SendWarning]:
    count = len(parse_recipients(f"{outgoing.to}\n{outgoing.cc}"))
    if count < VISIBLE_RECIPIENTS:
        return []
    words = ngettext(
        "%s person will see the addresses of all the others.", "%s people will see one another’s addresses.", count
    )
    return [SendWarning(WarningCode.VISIBLE_RECIPIENTS, words % number_text(count), may_hide=True)]


def _beyond(outgoing: Outgoing, signature: str, circle: Callable[[], Collection[str] | None]) -> list[SendWarning]:
    """Somebody who was not in what is answered: from outside the academy; or a colleague beside the others, where the
    circle was small and the text does not name them."""
    if outgoing.kind != Outgoing.Kind.REPLY:
        return []
    people = [one for one in parse_recipients(f"{outgoing.to}\n{outgoing.cc}\n{outgoing.bcc}") if one.valid]
    outside = [one for one in people if is_outside(one.address)]
    known = circle() if outside or len(people) > 1 else None
    if known is None:
        return []
    new = [one.address for one in outside if one.address.lower() not in known]
    words = ngettext(
        "%(who)s, outside the academy, was not part of this conversation.",
        "%(who)s, outside the academy, were not part of this conversation.",
        len(new),
    )
    found = [SendWarning(WarningCode.NEW_RECIPIENT, words % {"who": _names(new)})] if new else []
    if joined := _joined(outgoing, signature, people, known):
        words = ngettext(
            "%(who)s was not part of this conversation.", "%(who)s were not part of this conversation.", len(joined)
        )
        found.append(SendWarning(WarningCode.NEW_RECIPIENT, words % {"who": _names(joined)}))
    return found


def _joined(outgoing: Outgoing, signature: str, people: Sequence[Recipient], known: Collection[str]) -> list[str]:
    if len(people) < 2 or len(known) > SMALL_CONVERSATION:
        return []
    circle = {undotted(address) for address in known if not is_outside(address)}
    new = [one for one in people if not is_outside(one.address) and undotted(one.address.lower()) not in circle]
    if not new:
        return []
    circle |= {undotted(address) for address in outgoing.account.addresses}
    said = set(re.findall(r"[^\W\d_]+", merge_fields.field_key(own_words(outgoing.text, signature))))
    return [
        one.address for one in new
        if undotted(one.address.lower()) not in circle and not said.intersection(_called(one))
    ]  # fmt: skip


def _called(one: Recipient) -> list[str]:
    """The words of a name, as the chip and the address have it."""
    words = merge_fields.field_key(f"{one.name} {one.address.rpartition('@')[0]}")
    return [word for word in re.findall(r"[^\W\d_]+", words) if len(word) > 2]


def _of_one_name(outgoing: Outgoing, circle: Callable[[], Collection[str] | None], today: date) -> list[SendWarning]:
    """Colleagues who were never written to, and are not the only ones of their name. Whom one answers is known."""
    people = [one.address for one in parse_recipients(f"{outgoing.to}\n{outgoing.cc}\n{outgoing.bcc}") if one.valid]
    alike = homonyms.find_homonyms(outgoing.account, people, today)
    known = (circle() or ()) if alike and outgoing.kind == Outgoing.Kind.REPLY else ()
    return [
        SendWarning(WarningCode.HOMONYM, _("%s is not the only one of this name.") % one.words, others=one.others)
        for one in alike
        if one.address not in known
    ]


def _names(addresses: Sequence[str]) -> str:
    more = len(addresses) - NAMED_RECIPIENTS
    shown = ", ".join(addresses[:NAMED_RECIPIENTS])
    return shown if more <= 0 else ngettext("%(who)s and %(more)s more", "%(who)s and %(more)s more", more) % {
        "who": shown, "more": number_text(more),
    }  # fmt: skip
