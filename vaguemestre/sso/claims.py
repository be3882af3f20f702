"""What an application learns of somebody, by what it may ask and was let read. Nothing else ever leaves."""

from collections.abc import Callable, Collection
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from vaguemestre.academy.facts import academy
from vaguemestre.accounts.models import Account, Session
from vaguemestre.people.functions import current_postings
from vaguemestre.people.models import Posting

OPENID = "openid"
# In the order that people read them in.
SCOPES: dict[str, str | Promise] = {
    "profile": _("your name and your identifier"),
    "email": _("your e-mail address"),
    "function": _("your function"),
    "uai": _("the establishments where you work"),
    "department": _("the department that manages you"),
}
CLAIMS = {
    "profile": ("name", "given_name", "family_name", "preferred_username"),
    "email": ("email", "email_verified"),
    "function": ("function", "function_label", "category"),
    "uai": ("uai",),
    "department": ("department",),
}
STRONG, BY_TEXT, WEAK = "urn:vaguemestre:strong", "urn:vaguemestre:text", "urn:vaguemestre:password"


def claims_about(account: Account, scopes: Collection[str], now: datetime) -> dict[str, Any]:
    """One query for the posts, only when they are asked for."""
    postings = _postings(account, now) if {"function", "uai"} & set(scopes) else []
    told: dict[str, Any] = {}
    for scope, tell in _TELLERS.items():
        if scope in scopes:
            told |= tell(account, postings)
    return told


def claim_texts(account: Account, scopes: Collection[str], now: datetime) -> list[tuple[str, str]]:
    """For its owner to read: each thing that is asked, and what would be told today."""
    told = claims_about(account, scopes, now)
    values = {
        "profile": f"{told.get('name')}, {told.get('preferred_username')}",
        "email": told.get("email"),
        "function": told.get("function_label"),
        "uai": ", ".join(told.get("uai", [])),
        "department": _department_in_words(account),
    }
    return [(str(words), values[scope] or "") for scope, words in SCOPES.items() if scope in scopes]


def _department_in_words(account: Account) -> str:
    known = academy().department(account.person.department)
    return known.name if known else str(account.person.department)


def authentication_claims(session: Session) -> dict[str, Any]:
    """How the session was opened: `acr` and `amr` (RFC 8176). What a second factor was is not told."""
    if not session.strong:
        return {"acr": WEAK, "amr": ["pwd"]}
    if session.by_text:
        return {"acr": BY_TEXT, "amr": ["pwd", "sms", "mfa"]}
    return {"acr": STRONG, "amr": ["mfa"]}


def _postings(account: Account, now: datetime) -> list[Posting]:
    return current_postings(account.person, today=timezone.localdate(now))


def _profile(account: Account, _postings: list[Posting]) -> dict[str, Any]:
    person = account.person
    return {
        "name": person.full_name, "given_name": person.first_name, "family_name": person.family_name,
        "preferred_username": account.identifier,
    }  # fmt: skip


def _email(account: Account, _postings: list[Posting]) -> dict[str, Any]:
    return {"email": account.address, "email_verified": True}


def _function(account: Account, postings: list[Posting]) -> dict[str, Any]:
    return {
        "function": list(dict.fromkeys(post.function for post in postings)),
        "function_label": account.person.function_label,
        "category": account.person.category,
    }


def _uai(_account: Account, postings: list[Posting]) -> dict[str, Any]:
    return {"uai": list(dict.fromkeys(post.school_id for post in postings))}


def _department(account: Account, _postings: list[Posting]) -> dict[str, Any]:
    return {"department": account.person.department}


_TELLERS: dict[str, Callable[[Account, list[Posting]], dict[str, Any]]] = {
    "profile": _profile, "email": _email, "function": _function, "uai": _uai, "department": _department,
}  # fmt: skip
