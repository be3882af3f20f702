"""To whom a message went: all of them, of whom the first stand in the page and the others behind a press."""

from dataclasses import dataclass

from django.utils.translation import gettext as _, ngettext

from vaguemestre.mailbox.messages import Address, Message
from vaguemestre.mailbox.mime.header_text import ADDRESS_LIMIT
from vaguemestre.web.number_text import number_text

SHOWN = 20


@dataclass(frozen=True, slots=True)
class RecipientSummary:
    """Of one field. `more` says how many `others` there are; empty when there are none."""

    word: str
    shown: tuple[Address, ...]
    others: tuple[Address, ...]
    more: str


def recipient_summaries(message: Message) -> list[RecipientSummary]:
    fields = ((_("To"), message.to), (_("Copy"), message.cc))
    return [_of_field(word, people) for word, people in fields if people]


def _of_field(word: str, people: tuple[Address, ...]) -> RecipientSummary:
    shown = people if len(people) == SHOWN + 1 else people[:SHOWN]  # one line for one name would save none
    others = people[len(shown) :]
    return RecipientSummary(word, shown, others, _more(len(people), len(others)))


def _more(count: int, others: int) -> str:
    if not others:
        return ""
    if count >= ADDRESS_LIMIT:  # no more of them are read
        return _("and at least %s more; the source of the message names all of them") % number_text(others)
    return ngettext("and %s more", "and %s more", others) % number_text(others)
