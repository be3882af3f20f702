"""Mail programs that can sign in by the portal: public clients on somebody's own machine (RFC 8252).

What one gets opens the mailbox and nothing else. It does not stand on the session in which it was let in:
`accounts.mail_access` keeps it beside the application passwords, and it lives and ends as they do.
"""

from datetime import datetime

from django.utils import timezone

from vaguemestre.accounts.mail_access import access_tokens, app_passwords, portal_clients
from vaguemestre.accounts.models import Account, AppPassword
from vaguemestre.sso.models import Application, Code, ProgramToken
from vaguemestre.sso.openid import tokens
from vaguemestre.sso.subject_identifiers import subject_of
from vaguemestre.web.compiled_query import CompiledQuery

MAIL = "mail"  # the scope: IMAP, SMTP, ManageSieve
LONGEST_NAME = 60

_SHOWN = CompiledQuery(
    lambda digest: (
        ProgramToken.objects.select_for_update(of=("self",))
        .select_related("application", "program__account__subject", "program__account__person")
        .filter(pk=digest)
    )
)


def client_name(typed: str, application: Application) -> str:
    """What its owner calls it in the list, or else the application's own name."""
    said = "".join(sign for sign in " ".join(typed.split()) if sign.isprintable())
    return said[:LONGEST_NAME].strip() or application.name[:LONGEST_NAME]


def has_too_many(account: Account) -> bool:
    return app_passwords.living_app_passwords(account).count() >= app_passwords.MOST


def token_shown(token: str) -> ProgramToken | None:
    """Inside a transaction: its row waits for whoever is using it."""
    return _SHOWN.first(tokens.token_digest(token))


def is_valid(token: ProgramToken, now: datetime) -> bool:
    """Whether the program may continue. An account that is locked or shut for a time is the mail servers' to refuse, in
    words: the program keeps what it has, as it would keep a password."""
    program, account = token.program, token.program.account
    if program.withdrawn_at is not None or not token.application.is_usable(None) or _idle(token, now):
        return False
    return not account.has_left(timezone.localdate(now))


def give_tokens(given: Code | ProgramToken, application: Application, refresh: str, *, now: datetime) -> str:
    """The access token; `refresh` is kept by its hash. A code lets the program in, a refresh token finds it let in."""
    if isinstance(given, Code):
        program = portal_clients.admit_program(given.visit.account, client_name(given.program, application), now=now)
    else:
        program = given.program
        ProgramToken.objects.filter(pk=given.pk).update(used_at=now)
    ProgramToken.objects.create(
        digest=tokens.token_digest(refresh), program=program, application=application, family=given.family,
        scope=given.scope, made_at=now,
    )  # fmt: skip
    return access_tokens.program_token(program, subject_of(program.account), application.client_id, now=now)


def end_stolen(given: Code | ProgramToken, *, now: datetime) -> None:
    """A code or a refresh token was shown twice: the program that came of it is cut off."""
    family = ProgramToken.objects.filter(family=given.family).values("program")
    for program in AppPassword.objects.filter(pk__in=family).select_related("account"):
        portal_clients.end_stolen(program, now=now)


def revoke_token(token: ProgramToken, *, now: datetime) -> None:
    """By the program itself, when its owner takes the account off it."""
    app_passwords.withdraw_app_password(token.program, now)


def end_idle(now: datetime) -> None:
    """Neither seen by the mail servers nor come for a token."""
    since = now - portal_clients.IDLE
    busy = ProgramToken.objects.filter(made_at__gt=since).values("program")
    portal_clients.end_idle(portal_clients.unused_since(since).exclude(pk__in=busy), now=now)
    ProgramToken.objects.filter(program__withdrawn_at__isnull=False).delete()


def _idle(token: ProgramToken, now: datetime) -> bool:
    last = max(token.made_at, token.program.last_used_at or token.made_at)
    return last <= now - portal_clients.IDLE
