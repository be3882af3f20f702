"""What somebody put into their quick access: words in an order. `app-onde` is an application, `page-…` a page of ours,
which the portal knows by that name. Nothing kept: the portal's own list stands."""

from collections.abc import Sequence

from django.db import transaction

from vaguemestre.accounts.models import Account
from vaguemestre.sso.models import Application, QuickLink

APPLICATION, PAGE = "app-", "page-"
MOST = 12


def words_of(account: Account) -> list[str]:
    links = QuickLink.objects.filter(account=account).order_by("place").values_list("application__slug", "page")
    return [f"{APPLICATION}{slug}" if slug else f"{PAGE}{page}" for slug, page in links]


def save_words(account: Account, words: Sequence[str]) -> None:
    """The whole list, in this order. An application that is no more registered is left out."""
    wanted = list(dict.fromkeys(words))[:MOST]
    slugs = [word.removeprefix(APPLICATION) for word in wanted if word.startswith(APPLICATION)]
    with transaction.atomic():
        Account.objects.select_for_update().get(pk=account.pk)  # two windows take turns
        known = dict(Application.objects.filter(slug__in=slugs).values_list("slug", "pk"))
        QuickLink.objects.filter(account=account).delete()
        QuickLink.objects.bulk_create(
            QuickLink(account=account, place=place, **columns)
            for place, word in enumerate(wanted)
            if (columns := _columns(word, known))
        )


def _columns(word: str, known: dict[str, int]) -> dict[str, object]:
    if word.startswith(PAGE):
        return {"page": word.removeprefix(PAGE)}
    key = known.get(word.removeprefix(APPLICATION))
    return {"application_id": key} if key else {}
