"""The only ways to a file: its sender's, and the link that a recipient has."""

from datetime import datetime

from django.http import Http404

from vaguemestre.accounts.models import Account
from vaguemestre.handouts.message_links import hash_of
from vaguemestre.handouts.models import Handout


def own_handout(account: Account, key: str) -> Handout:
    """Its sender's alone. Somebody else's is a 404, as what is not."""
    handout = Handout.objects.filter(pk=key, account=account).first()
    if handout is None:
        raise Http404("handout")
    return handout


def coming_handout(account: Account, key: str) -> Handout:
    """One that is not sent yet."""
    handout = own_handout(account, key)
    if handout.sent_at is not None:
        raise Http404("sent")
    return handout


def handout_by_link(token: str, now: datetime) -> Handout | None:
    """None for a link that never was, is over or withdrawn, or whose sender's account was shut as stolen: nobody can
    tell one from another."""
    if not token:
        return None
    sent = Handout.objects.filter(
        token_hash=hash_of(token), sent_at__isnull=False, withdrawn_at=None, swept_at=None, expires_at__gt=now
    )
    kept = sent.filter(account__locked_at=None, account__frozen_at=None).exclude(account__state=Account.State.PURGED)
    return kept.select_related("account__person").first()
