"""Which part of which folder, or of which search, a list shows; its addresses are made of it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from django.http import QueryDict
from django.utils.http import urlencode

from vaguemestre.mailbox.imap.list_filters import ConversationFilter, ListFilter, SortOrder
from vaguemestre.mailbox.imap.messages import label_keywords
from vaguemestre.mailbox.messages import Page
from vaguemestre.mailbox.values import BeforeUid, Flag, InvalidValueError, MailboxId, Uid
from vaguemestre.web.url_cache import own_url
from vaguemestre.webmail.message_list import sort_order

PAGE_SIZE = 50
SHOWS_RECIPIENTS = {"drafts", "sent"}


@dataclass(frozen=True, slots=True)
class SearchQuery:
    """The results of a search, in the place of a folder's own list."""

    text: str
    page: int = 1
    order: SortOrder | None = None

    @property
    def query(self) -> str:
        pairs = {
            "q": self.text,
            **sort_order.sort_parameters(self.order),
            **({"page": str(self.page)} if self.page > 1 else {}),
        }
        return f"?{urlencode(pairs)}" if self.text else ""

    @property
    def url(self) -> str:
        return own_url("webmail:search") + self.query

    def ordered(self, order: SortOrder | None) -> "SearchQuery":
        return replace(self, order=order, page=1)


@dataclass(frozen=True, slots=True)
class ListQuery:
    """Which part of which folder the list shows; what its addresses are made of."""

    folder: MailboxId
    before: Uid | None = None
    only: ListFilter | None = None
    order: SortOrder | None = None
    start: int = 0  # rows before this page, in another order than that of arrival
    within: SearchQuery | None = None

    @property
    def query(self) -> str:
        if self.within:
            return self.within.query
        shown: dict[str, str | None] = {}
        if self.only:
            shown = {"etiquette": self.only} if isinstance(self.only, Flag) else {"voir": FILTERS[self.only]}
        before = self.before.word if self.before else None
        pairs = {"avant": before, **shown, **sort_order.sort_parameters(self.order), "rang": self.start}
        kept = {name: value for name, value in pairs.items() if value}
        return f"?{urlencode(kept)}" if kept else ""

    @property
    def url(self) -> str:
        return self.within.url if self.within else own_url("webmail:folder", self.folder) + self.query

    def at(self, before: Uid | None) -> "ListQuery":
        return replace(self, before=before)

    def ordered(self, order: SortOrder | None) -> "ListQuery":
        return replace(self, order=order, before=None, start=0)

    def older(self, page: Page) -> "ListQuery":
        return replace(self, start=self.start + len(page.rows)) if self.order else self.at(page.older_before)

    def newer(self, page: Page) -> "ListQuery":
        return replace(self, start=max(0, self.start - PAGE_SIZE)) if self.order else self.at(page.newer_before)


def parse_list_query(folder: MailboxId, query: QueryDict) -> ListQuery:
    """A wrong `avant` or `voir` is simply not there: the top of the whole list."""
    start = query.get("rang", "")
    only = next((name for name, word in FILTERS.items() if word == query.get("voir", "")), None)
    sorts = only != "awaiting" and not isinstance(only, ConversationFilter)
    order = sort_order.parse_sort_order(query.get("tri", ""), query.get("sens", "")) if sorts else None
    rank = int(start[:7]) if order and start.isascii() and start.isdecimal() else 0
    return ListQuery(
        folder, None if order else BeforeUid.read(query.get("avant", "")), only or label_in(query), order, rank
    )


def label_in(query: Mapping[str, str]) -> Flag | None:
    word = query.get("etiquette", "").lower()
    try:
        return Flag(word) if label_keywords.is_label(word) else None
    except InvalidValueError:
        return None


FILTERS: dict[ListFilter, str] = {
    "unseen": "non-lus", "flagged": "suivis", "attached": "pieces", "awaiting": "sans-reponse",
    ConversationFilter("untaken"): "a-prendre", ConversationFilter("mine"): "a-moi",
    ConversationFilter("done"): "traites",
}  # fmt: skip
