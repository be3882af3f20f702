"""The last searches of a person, so that one need not type them again. On the server, ten at most, removed at will."""

from datetime import datetime

from django.db import transaction

from vaguemestre.accounts.models import Account
from vaguemestre.webmail.message_list.list_query import SearchQuery
from vaguemestre.webmail.models import RecentSearch
from vaguemestre.webmail.search.query_parser import LIMIT

KEPT = 10


def recent_searches(account: Account) -> list[SearchQuery]:
    """One query, the latest first."""
    found = RecentSearch.objects.filter(account=account).order_by("-searched_at", "-id")
    return [SearchQuery(text) for text in found.values_list("text", flat=True)[:KEPT]]


@transaction.atomic
def note_search(account: Account, text: str, now: datetime) -> None:
    """Two queries, three when one must leave. The same search from two windows is one line."""
    if not text:
        return
    RecentSearch.objects.bulk_create(
        [RecentSearch(account=account, text=text[:LIMIT], searched_at=now)],
        update_conflicts=True, unique_fields=["account", "text"], update_fields=["searched_at"],
    )  # fmt: skip
    mine = RecentSearch.objects.filter(account=account)
    if older := list(mine.order_by("-searched_at", "-id").values_list("id", flat=True)[KEPT:]):
        mine.filter(id__in=older).delete()


def forget_search(account: Account, text: str | None) -> None:
    """None: all of them."""
    mine = RecentSearch.objects.filter(account=account)
    (mine if text is None else mine.filter(text=text)).delete()
