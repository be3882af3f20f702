"""From a signed-in person and a key to a mail merge of theirs. Somebody else's is a 404."""

from django.http import Http404

from vaguemestre.accounts.models import Account
from vaguemestre.webmail.models import MailMerge


def mailing_for(account: Account, key: str) -> MailMerge:
    found = MailMerge.objects.select_related("letter", "account__person").filter(pk=key, account=account).first()
    if found is None or (found.state == MailMerge.State.WRITTEN and not found.letter.is_draft):
        raise Http404("mailing")  # or its draft left as a message
    return found
