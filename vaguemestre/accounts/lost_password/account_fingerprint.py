"""What a reset link stands on: a trace of the account as it was. Whatever changes afterwards, the link is dead."""

from django.utils.crypto import salted_hmac

from vaguemestre.accounts.models import Account, TextFactor
from vaguemestre.accounts.rescue.contact import contact_of

_FACTS = (
    "password", "password_kind", "password_set_at", "provisional_expires_at", "method", "second_factor", "state",
    "closes_on", "locked_at", "frozen_at", "mail_blocked_until",
)  # fmt: skip


def account_fingerprint(account: Account) -> str:
    """Reads the rescue contact and the factors; the account's own fields as they stand on the object."""
    contact = contact_of(account)
    facts = [account.key, *(str(getattr(account, name)) for name in _FACTS), contact.email, str(contact.confirmed_at)]
    if contact.phone_confirmed_at:
        facts.append(f"rescue telephone {contact.phone} {contact.phone_confirmed_at}")
    if TextFactor.objects.filter(account=account).exists():
        facts.append("text messages")
    telephones = account.totps.filter(confirmed_at__isnull=False).order_by("pk").values_list("pk", flat=True)
    facts += [f"telephone {pk}" for pk in telephones]
    facts += [f"passkey {pk}" for pk in account.passkeys.order_by("pk").values_list("pk", flat=True)]
    facts += [f"otp key {pk} {state}" for pk, state in account.otp_keys.order_by("pk").values_list("pk", "state")]
    return salted_hmac("vaguemestre.reset.foundation", "|".join(facts), algorithm="sha256").hexdigest()
