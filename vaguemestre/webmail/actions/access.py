"""From a signed-in person and a key to a bulk action of theirs. Somebody else's is a 404."""

from django.http import Http404

from vaguemestre.accounts.models import Account
from vaguemestre.webmail.models import BulkAct


def bulk_act_for(account: Account, key: str) -> BulkAct:
    found = BulkAct.objects.filter(pk=key, account=account).first()
    if found is None:
        raise Http404("bulk act")
    return found
