"""Whose key is whose."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, FilteredRelation, OuterRef, Q, QuerySet, Subquery

from vaguemestre.accounts.identity import name_rules
from vaguemestre.accounts.identity.access import personal_parts
from vaguemestre.accounts.models import Account, AccountShutdown, FormerPassword, LocalPart, OtpHolding, OtpKey
from vaguemestre.accounts.models.otp import IN_USE
from vaguemestre.accounts.sessions.reset_pending import waits_for_password
from vaguemestre.web.compiled_query import CompiledQuery


@dataclass(frozen=True)
class NamedAccount:
    """Whoever is named at the sign-in, with all that says what their field is compared with."""

    account: Account | None = None
    key: OtpKey | None = None  # in use
    had_one_before: bool = False  # has signed in with another key already, and has no bare password any more
    waits_for_password: bool = False  # `sessions.reset_pending`


NOBODY = NamedAccount()


def holder_named(typed: str) -> NamedAccount:
    """`identity.access.account_named`, and in the same query what only holders of a key need: one more for them would
    tell who they are."""
    undotted = name_rules.parse_typed_name(typed)
    part: Any = BY_NAME.first(undotted) if undotted else None  # with its annotations
    if part is None:
        return NOBODY
    account, key = part.account, getattr(part, "key_in_use", None)  # set where there is one
    if key:
        key.account = account
    waits = waits_for_password(account, shut_at=part.shut_at, chosen_at=part.chosen_at)
    return NamedAccount(account, key, part.had_one_before, waits)


def _with_key(undotted: str) -> QuerySet[LocalPart]:
    mine = {"account": OuterRef("account")}
    shutdowns = AccountShutdown.objects.filter(**mine).order_by("-started_at").values("started_at")
    choices = FormerPassword.objects.filter(**mine).order_by("-set_at").values("set_at")
    parts = personal_parts(undotted).annotate(
        key_in_use=FilteredRelation("account__otp_keys", condition=Q(account__otp_keys__state__in=IN_USE)),
        had_one_before=Exists(OtpKey.objects.filter(holdings__account=OuterRef("account"), activated_at__isnull=False)),
        shut_at=Subquery(shutdowns[:1]),
        chosen_at=Subquery(choices[:1]),
    )
    return parts.select_related("account__person", "key_in_use")  # type: ignore[misc]  # named above


BY_NAME = CompiledQuery(_with_key)


def key_in_use(account: Account) -> OtpKey | None:
    """One at most: handed over, active, waiting for a new PIN, or blocked."""
    mine = OtpKey.objects.filter(account=account, state__in=IN_USE)
    return mine.select_related("account__person").first()


def key_set_aside(account: Account) -> OtpKey | None:
    """A fob to be handed over."""
    mine = OtpKey.objects.filter(account=account, state=OtpKey.State.ASSIGNED)
    return mine.filter(carrier=OtpKey.Carrier.FOB).first()


def lost_key(account: Account) -> OtpKey | None:
    """The one whose loss keeps its holder out: nothing has replaced it, and the password alone does not open."""
    if account.method != Account.Method.OTP_KEY or key_in_use(account):
        return None
    held = account.otp_holdings.filter(end=OtpHolding.End.LOST).select_related("key").order_by("-ended_at").first()
    return held.key if held else None
