"""The only doors from what somebody typed, or from a key, to an account."""

from django.db.models import QuerySet

from vaguemestre.accounts.identity import name_rules
from vaguemestre.accounts.models import Account, AppPassword, LocalPart, Passkey

PERSONAL = (LocalPart.Kind.MAIN, LocalPart.Kind.FORMER, LocalPart.Kind.IDENTIFIER)


def account_named(typed: str) -> Account | None:
    """By identifier or any address, present or former, dotted or not, in any case. One query; the person is read."""
    undotted = name_rules.parse_typed_name(typed)
    if undotted is None:
        return None
    part = personal_parts(undotted).select_related("account__person").first()
    return part.account if part else None


def personal_parts(undotted: str) -> QuerySet[LocalPart]:
    """One at most, for whoever reads more in this query."""
    return LocalPart.objects.filter(undotted=undotted, kind__in=PERSONAL, account__isnull=False)


def account_of_key(key: str) -> Account | None:
    """For what speaks in keys already: the daemons, the journal, the clock."""
    return Account.objects.select_related("person").filter(pk=key).first()


def passkey_of(account: Account, number: int) -> Passkey | None:
    return Passkey.objects.select_related("account__person").filter(account=account, pk=number).first()


def app_password_of(account: Account, number: int) -> AppPassword | None:
    """One of their own that is not withdrawn."""
    live = AppPassword.objects.select_related("account__person").filter(account=account, withdrawn_at=None)
    return live.filter(pk=number).first()
