"""Whose key is whose."""

from vaguemestre.accounts.models import Account, OtpHolding, OtpKey
from vaguemestre.accounts.models.otp import IN_USE


def key_in_use(account: Account) -> OtpKey | None:
    """One at most: handed over, active, waiting for a new PIN, or blocked."""
    mine = OtpKey.objects.filter(account=account, state__in=IN_USE)
    return mine.select_related("account__person").first()


def key_set_aside(account: Account) -> OtpKey | None:
    """A fob to be handed over."""
    mine = OtpKey.objects.filter(account=account, state=OtpKey.State.ASSIGNED)
    return mine.filter(carrier=OtpKey.Carrier.FOB).first()


def had_one_before(key: OtpKey) -> bool:
    """Its holder has signed in with another key already, and has no bare password any more."""
    others = OtpKey.objects.filter(holdings__account=key.account_id, activated_at__isnull=False)
    return others.exclude(pk=key.pk).exists()


def lost_key(account: Account) -> OtpKey | None:
    """The one whose loss keeps its holder out: nothing has replaced it, and the password alone does not open."""
    if account.method != Account.Method.OTP_KEY or key_in_use(account):
        return None
    held = account.otp_holdings.filter(end=OtpHolding.End.LOST).select_related("key").order_by("-ended_at").first()
    return held.key if held else None
