"""Signing in to I-Prof: sent to the provider, come back with a code, exchanged for an ID token, a session opened.

What has to be known on the way back travels in a signed cookie of this browser and path, one for each way begun: two
tabs may begin at once."""

import secrets
from dataclasses import asdict, dataclass
from datetime import datetime

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponseBase
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from vaguemestre.accounts.identity.access import account_named
from vaguemestre.accounts.legal_dates import today
from vaguemestre.career.signin import provider, sessions

COOKIE = "__Secure-iprof-entree-"
SALT = "vaguemestre.career.entering"
LIFE = 600  # seconds, with a password and a second factor to type
MOST_AT_ONCE = 5
HOME = "career:dossier"


class SigninFailedError(Exception):
    """The provider said no, or what came back does not belong to a way that this browser began."""


@dataclass(frozen=True, slots=True)
class SigninState:
    state: str
    nonce: str
    verifier: str
    next: str

    @property
    def cookie(self) -> str:
        return f"{COOKIE}{self.state[:12]}"


def begin_signin(wanted: str) -> tuple[SigninState, str]:
    """The way, and the provider's address. Raises ProviderError."""
    way = SigninState(
        secrets.token_urlsafe(24), secrets.token_urlsafe(24), secrets.token_urlsafe(48), career_page(wanted)
    )
    url = provider.authorization(callback(), state=way.state, nonce=way.nonce, verifier=way.verifier)
    return way, url


def remember_signin(request: HttpRequest, response: HttpResponseBase, way: SigninState) -> None:
    begun = [name for name in request.COOKIES if name.startswith(COOKIE)]
    for name in begun[: max(0, len(begun) - MOST_AT_ONCE + 1)]:  # ways that nobody came back from
        response.set_cookie(name, "", max_age=0, secure=True, httponly=True, samesite="Lax", path=sessions.PATH)
    response.set_cookie(
        way.cookie, signing.dumps(asdict(way), salt=SALT), max_age=LIFE, secure=True, httponly=True, samesite="Lax",
        path=sessions.PATH,
    )  # fmt: skip


def forget_signin(response: HttpResponseBase, way: SigninState) -> None:
    response.set_cookie(way.cookie, "", max_age=0, secure=True, httponly=True, samesite="Lax", path=sessions.PATH)


def way_of(request: HttpRequest) -> SigninState:
    """The one that this answer of the provider belongs to. Raises SigninFailedError."""
    state = request.GET.get("state", "")
    sealed = request.COOKIES.get(f"{COOKIE}{state[:12]}", "")
    try:
        way = SigninState(**signing.loads(sealed, salt=SALT, max_age=LIFE))
    except (signing.BadSignature, TypeError) as error:
        raise SigninFailedError("no such way") from error
    if not secrets.compare_digest(way.state.encode(), state.encode()):
        raise SigninFailedError("another state")
    if (issuer := request.GET.get("iss")) and issuer != settings.CAREER["issuer"]:
        raise SigninFailedError("another provider answers")  # RFC 9207: mixed up
    return way


def finish_signin(way: SigninState, request: HttpRequest, *, now: datetime) -> str:
    """The token of a new session. Raises SigninFailedError, ProviderError."""
    if error := request.GET.get("error"):
        raise SigninFailedError(f"the provider refuses: {error[:40]}")
    given = provider.exchange_code(request.GET.get("code", ""), callback(), verifier=way.verifier)
    claims = provider.id_claims(given.id_token, nonce=way.nonce, now=now.timestamp())
    about = provider.userinfo(given.access_token, subject=str(claims["sub"]))
    account = account_named(str(about.get("preferred_username", "")))
    if account is None or account.refusal(today(now)):
        raise SigninFailedError("nobody here")
    token = sessions.open_session(
        account, subject=str(claims["sub"]), sid=str(claims.get("sid", "")), id_token=given.id_token, now=now
    )
    if token is None:
        raise SigninFailedError("over already")
    return token


def callback() -> str:
    return f"{settings.ORIGIN}{reverse('career:return')}"


def career_page(wanted: str) -> str:
    """A page of this room, else its first one."""
    fits = wanted.startswith(sessions.PATH) and url_has_allowed_host_and_scheme(wanted, allowed_hosts=None)
    return wanted if fits and not wanted.startswith(reverse("career:signin")) else reverse(HOME)
