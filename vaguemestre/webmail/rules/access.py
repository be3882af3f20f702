"""From a signed-in person and an id to a filter of theirs. Somebody else's is a 404."""

from django.http import Http404

from vaguemestre.accounts.models import Account
from vaguemestre.webmail.rules.filters import store
from vaguemestre.webmail.rules.filters.store import StoredFilter


def filter_for(account: Account, filter_id: int) -> StoredFilter:
    found = store.find_filter(account.key, filter_id)
    if found is None:
        raise Http404("filter")
    return found
