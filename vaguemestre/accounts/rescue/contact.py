"""Where a person is reached when the mailbox is shut, and as much of it as may be shown."""

from datetime import datetime, timedelta

from vaguemestre.accounts.models import Account, RescueContact
from vaguemestre.courier import sms

FORMER_TOLD_FOR = timedelta(days=30)
DOTS = "•••••"


def contact_of(account: Account) -> RescueContact:
    """What is known, saved or not."""
    return RescueContact.objects.filter(account=account).first() or RescueContact(account=account)


def confirmed_email(account: Account) -> str | None:
    contact = contact_of(account)
    return contact.email if contact.email and contact.confirmed_at else None


def former_email(account: Account, now: datetime) -> str | None:
    """The address that was replaced or withdrawn some weeks ago at most."""
    contact = contact_of(account)
    recent = contact.former_since is not None and contact.former_since + FORMER_TOLD_FOR > now
    return contact.former_email or None if recent else None


def masked_rescue_email(account: Account) -> str | None:
    """`h•••••@orange.fr`; the number of dots says nothing."""
    email = confirmed_email(account)
    return mask_email(email) if email else None


def mask_email(email: str) -> str:
    local, _at, domain = email.partition("@")
    return f"{local[:1]}{DOTS}@{domain}"


def confirmed_phone(account: Account) -> str | None:
    """A number that text messages reach; none where the authority sends none."""
    contact = contact_of(account)
    return contact.phone if contact.phone_confirmed_at and sms.is_reachable(contact.phone) else None


def prefers_text(account: Account) -> bool:
    """A lost password: a code to the phone, by choice or because there is no address."""
    contact = contact_of(account)
    return confirmed_phone(account) is not None and (contact.by_text or not confirmed_email(account))


def masked_rescue_phone(account: Account) -> str | None:
    """`06 •• •• •• 42`."""
    phone = contact_of(account).phone
    return mask_phone(phone) if phone else None


def mask_phone(phone: str) -> str:
    return f"{phone[:2]} •• •• •• {phone[-2:]}"
