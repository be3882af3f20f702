"""What a CAS application learns: what an OpenID one would, by the scopes that it was allowed. Never a NUMEN."""

from datetime import datetime

from vaguemestre.accounts.models import Account
from vaguemestre.sso import claims
from vaguemestre.sso.cas.responses import Value
from vaguemestre.sso.models import Application
from vaguemestre.sso.subject_identifiers import subject_of


def name_of(account: Account, application: Application) -> str:
    """The identifier where it may be known, as older applications want it; else a name that says nothing."""
    return account.identifier if "profile" in application.scopes else subject_of(account)


def cas_attributes(account: Account, application: Application, now: datetime) -> dict[str, Value]:
    """`sub` in any case: it stays when an identifier changes."""
    told: dict[str, Value] = {"sub": subject_of(account)}
    for name, value in claims.claims_about(account, application.scopes, now).items():
        if value not in (None, ""):
            told[name] = value if isinstance(value, bool | list) else str(value)
    return told
