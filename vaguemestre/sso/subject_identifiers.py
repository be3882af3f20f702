"""What applications call somebody. Never a NUMEN, a key of ours or an identifier: those change, or say too much."""

from vaguemestre.accounts.models import Account
from vaguemestre.sso.models import Subject


def subject_of(account: Account) -> str:
    """The same for ever and for every application; one query, a second the first time."""
    known = getattr(account, "subject", None) or Subject.objects.get_or_create(account=account)[0]
    return str(known.value)
