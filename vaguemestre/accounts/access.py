"""The only doors from what somebody typed, or from a key, to an account."""

from vaguemestre.accounts import names
from vaguemestre.accounts.models import Account, LocalPart

PERSONAL = (LocalPart.Kind.MAIN, LocalPart.Kind.FORMER, LocalPart.Kind.IDENTIFIER)


def account_named(typed: str) -> Account | None:
    """By identifier or any address, present or former, dotted or not, in any case. One query; the person is read."""
    undotted = names.typed(typed)
    if undotted is None:
        return None
    part = (
        LocalPart.objects.select_related("account__person")
        .filter(undotted=undotted, kind__in=PERSONAL, account__isnull=False)
        .first()
    )
    return part.account if part else None


def account_of_key(key: str) -> Account | None:
    """For what speaks in keys already: the daemons, the journal, the clock."""
    return Account.objects.select_related("person").filter(pk=key).first()
