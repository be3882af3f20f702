"""An authorisation request, read and judged before anybody is shown anything."""

import re
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import QueryDict
from oauthlib.common import add_params_to_uri
from oauthlib.oauth2.rfc6749 import errors

from vaguemestre.accounts.models import Session
from vaguemestre.sso.models import Application, ApplicationSession
from vaguemestre.sso.openid.oauth_server import server

ENDPOINT = f"{settings.ORIGIN}/sso/authorize/"
LONGEST = 500  # of one parameter that is kept
_PRINTABLE = re.compile(r"[\x20-\x7e]*")


class UnreadableRequestError(Exception):
    """Nobody may be sent anywhere: the application is unknown, or the address is none of its own."""


class RefusedRequestError(Exception):
    """The application is told, at its own address."""

    def __init__(self, address: str) -> None:
        super().__init__(address)
        self.address = address


@dataclass(frozen=True)
class AuthorizationRequest:
    query: str  # as it came
    application: Application
    redirect_uri: str
    state: str | None
    scopes: tuple[str, ...]
    prompt: frozenset[str] = frozenset()
    max_age: int | None = None
    subject: str | None = None  # the id_token_hint, unread
    credentials: dict[str, Any] = field(default_factory=dict, repr=False)

    @property
    def silent(self) -> bool:
        return "none" in self.prompt

    def refused(self, error: str) -> str:
        """Where the browser goes with an error; `iss` says who answers, against a mix-up (RFC 9207)."""
        return _address(self.redirect_uri, self.state, error=error)

    def granted(self, visit: ApplicationSession, session: Session, now: datetime, *, program: str = "") -> str:
        """Where it goes with a code. `program`: what its owner calls a mail program."""
        given = self.credentials | {
            "visit": visit, "client": self.application, "now": now, "session": session, "program": program,
        }  # fmt: skip
        headers, _body, _status = server().create_authorization_response(
            f"{ENDPOINT}?{self.query}", "GET", None, {}, list(self.scopes), given
        )
        return str(add_params_to_uri(headers["Location"], [("iss", settings.ORIGIN)]))


def parse_authorization_request(parameters: QueryDict) -> AuthorizationRequest:
    """Raises UnreadableRequestError or RefusedRequestError."""
    asked = [(name, value) for name, values in parameters.lists() for value in values if name != "claims"]
    query = urlencode(asked)  # claims go by scope: what else is asked of them is not looked at
    try:
        scopes, credentials = server().validate_authorization_request(f"{ENDPOINT}?{query}", "GET", None, {})
    except errors.FatalClientError as error:
        raise UnreadableRequestError(error.error) from error
    except errors.OAuth2Error as error:
        if error.redirect_uri is None:
            raise UnreadableRequestError(error.error) from error
        raise RefusedRequestError(_address(error.redirect_uri, error.state, error.error, error.description)) from error
    application = credentials.pop("request").client
    if problem := _unsupported(parameters):
        raise RefusedRequestError(_address(credentials["redirect_uri"], credentials["state"], *problem))
    return AuthorizationRequest(
        query=query, application=application, redirect_uri=credentials["redirect_uri"], state=credentials["state"],
        scopes=tuple(dict.fromkeys(scopes)), prompt=frozenset(parameters.get("prompt", "").split()),
        max_age=_seconds(parameters), subject=parameters.get("id_token_hint"), credentials=credentials,
    )  # fmt: skip


def _unsupported(parameters: QueryDict) -> tuple[str, str] | None:
    for name in ("request", "request_uri", "registration"):
        if name in parameters:
            return f"{name}_not_supported", ""
    if parameters.get("response_mode", "query") != "query":
        return "invalid_request", "response_mode"
    if len(parameters.get("nonce", "")) > LONGEST or not _PRINTABLE.fullmatch(parameters.get("nonce", "")):
        return "invalid_request", "nonce"
    age = parameters.get("max_age", "0")
    if not (age.isascii() and age.isdigit() and len(age) <= 9):
        return "invalid_request", "max_age"
    return None


def _seconds(parameters: QueryDict) -> int | None:
    return int(parameters.get("max_age", "0")) if "max_age" in parameters else None


def _address(redirect_uri: str, state: str | None, error: str | None, description: str | None = "") -> str:
    told = {"error": error, "error_description": description, "state": state, "iss": settings.ORIGIN}
    return str(add_params_to_uri(redirect_uri, [(name, value) for name, value in told.items() if value]))
