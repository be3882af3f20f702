"""`prompt=login` and `max_age`: the person proves again who they are, after the application asked and not before."""

from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

from django.core.signing import BadSignature, Signer
from django.http import HttpRequest, QueryDict
from django.urls import reverse

from vaguemestre.accounts.models import Session
from vaguemestre.sso.openid.authorization_request import AuthorizationRequest

MARK = "vu"  # when the application's wish was first seen, signed: the proof must be later
_SIGNER = Signer(salt="vaguemestre.sso.proof")


def is_reauthentication_due(
    asking: AuthorizationRequest, request: HttpRequest, session: Session, now: datetime
) -> bool:
    if "login" not in asking.prompt and not _too_old(asking, session, now):
        return False
    since = _since(request)
    return since is None or session.proved_at < since


def marked_url(request: HttpRequest, now: datetime) -> str:
    """The same page, to come back to. A sign-in made for it counts as the proof that it asks for."""
    asked = _chosen(request)
    if "login" in asked.get("prompt", "").split() or "max_age" in asked:
        asked[MARK] = _SIGNER.sign(f"{now.timestamp():.6f}")
    return f"{reverse('sso:authorize')}?{urlencode(list(asked.items()))}"


def chosen_url(request: HttpRequest) -> str:
    """The same page, once the person has said with which account: a sign-in is such a choice as well."""
    return f"{reverse('sso:authorize')}?{urlencode(list(_chosen(request).items()))}"


def _chosen(request: HttpRequest) -> QueryDict:
    asked = request.GET.copy()
    if "prompt" in asked:
        asked["prompt"] = " ".join(word for word in str(asked["prompt"]).split() if word != "select_account")
    return asked


def _too_old(asking: AuthorizationRequest, session: Session, now: datetime) -> bool:
    return asking.max_age is not None and session.proved_at + timedelta(seconds=asking.max_age) < now


def _since(request: HttpRequest) -> datetime | None:
    try:
        return datetime.fromtimestamp(float(_SIGNER.unsign(request.GET.get(MARK, ""))), UTC)
    except (BadSignature, ValueError):
        return None
