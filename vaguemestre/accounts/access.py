"""The only doors from what somebody typed, or from a key, to an account."""

from datetime import datetime

from vaguemestre.accounts import names, sessions
from vaguemestre.accounts.models import Account, AppPassword, LocalPart, Passkey, Session

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


def session_of(account: Account, mark: str) -> Session | None:
    """One of their own open sessions, by the short name that the list gives it."""
    return next((session for session in account.sessions.all() if sessions.short(session) == mark), None)


def living_session(token_hash: str, *, now: datetime) -> Session | None:
    """By what is kept of its token, while it still opens something; the person is read. Looking keeps nothing alive."""
    session = sessions.BY_TOKEN_HASH.first(token_hash)
    if session is None or session.expires_at <= now or session.last_used_at + sessions.idle_limit(session) <= now:
        return None
    return session


def passkey_of(account: Account, number: int) -> Passkey | None:
    """One of their own."""
    return Passkey.objects.select_related("account__person").filter(account=account, pk=number).first()


def app_password_of(account: Account, number: int) -> AppPassword | None:
    """One of their own that is not withdrawn."""
    live = AppPassword.objects.select_related("account__person").filter(account=account, withdrawn_at=None)
    return live.filter(pk=number).first()
