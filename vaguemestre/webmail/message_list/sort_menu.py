"""The menu that offers the orders of a list."""

from dataclasses import dataclass
from functools import lru_cache

from django.template import loader
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy

from vaguemestre.mailbox.imap.list_filters import SortOrder
from vaguemestre.webmail.message_list.list_query import ListQuery, SearchQuery
from vaguemestre.webmail.message_list.sort_order import SORTS


@dataclass(frozen=True, slots=True)
class SortChoice:
    label: str
    url: str
    current: bool


LABELS = {
    "date": gettext_lazy("Date"),
    "expediteur": gettext_lazy("Sender"),
    "destinataire": gettext_lazy("Recipient"),
    "objet": gettext_lazy("Subject"),
    "taille": gettext_lazy("Size"),
}


def render_sort_menu(place: ListQuery | SearchQuery, to_recipients: bool, language: str | None) -> SafeString:
    """Each order; the one in force leads to its reverse. The same however often the list is shown, in one mailbox."""
    return _render(place, to_recipients, language, place.url)


@lru_cache(maxsize=1024)
def _render(place: ListQuery | SearchQuery, to_recipients: bool, _language: str | None, _url: str) -> SafeString:
    offered = [word for word in SORTS if word != ("expediteur" if to_recipients else "destinataire")]
    sorts = [_choice(place, word) for word in offered]
    return SafeString(loader.get_template("webmail/message_list/sort_menu.html").render({"sorts": sorts}))


def _choice(place: ListQuery | SearchQuery, word: str) -> SortChoice:
    by, natural = SORTS[word]
    current = (place.order or SortOrder("arrival", True)).by == by
    descending = not place.order.descending if current and place.order else natural != current
    order: SortOrder | None = SortOrder(by, descending)
    if order == SortOrder("arrival", True):
        order = None
    return SortChoice(str(LABELS[word]), place.ordered(order).url, current)
