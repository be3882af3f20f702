"""What the protocol's machinery asks us: who the client is, what a code was given for, what to keep of a token.

The library reads secrets and headers; every row is ours, and every step asks again whether the person may."""

import re
from datetime import datetime
from typing import Any, override

from django.conf import settings
from django.utils import timezone
from oauth2_provider.oauth2_validators import OAuth2Validator
from oauthlib.oauth2.rfc6749 import errors

from vaguemestre.accounts.mail_access.access_tokens import PROGRAM_LIFE
from vaguemestre.accounts.models import Session
from vaguemestre.sso import access, claims, signing_keys
from vaguemestre.sso.claims import OPENID
from vaguemestre.sso.models import Application, ApplicationSession, Code, RefreshToken
from vaguemestre.sso.openid import grant_validity, mail_clients, tokens
from vaguemestre.sso.subject_identifiers import subject_of

_KNOWN = {OPENID, *claims.SCOPES, mail_clients.MAIL}
_SHA256 = re.compile(r"[A-Za-z0-9_-]{43}")


class Validator(OAuth2Validator):
    # The client ------------------------------------------------------------------------------------------------------
    @override
    def _load_application(self, client_id: str, request: Any) -> Application | None:
        known: Application | None = request.client
        if known is None or known.client_id != client_id:
            known = request.client = access.client_named(client_id)
        return known

    @override
    def authenticate_client(self, request: Any, *args: Any, **kwargs: Any) -> bool:
        """By one way and one way only (RFC 6749, 2.3); a secret is never compared with an empty one."""
        header, in_body = "Authorization" in request.headers, bool(request.client_secret)
        if header and in_body:
            raise errors.InvalidRequestError(description="Two ways to authenticate.", request=request)
        if header:
            return bool(super()._authenticate_basic_auth(request))  # type: ignore[no-untyped-call]  # the library
        return in_body and bool(super()._authenticate_request_body(request))  # type: ignore[no-untyped-call]  # it too

    @override
    def client_authentication_required(self, request: Any, *args: Any, **kwargs: Any) -> bool:
        if "Authorization" in request.headers or request.client_secret:
            return True
        client = self._load_application(request.client_id, request)
        return client is None or client.client_type == Application.CLIENT_CONFIDENTIAL

    @override
    def is_origin_allowed(self, client_id: str, origin: str, request: Any, *args: Any, **kwargs: Any) -> bool:
        return False

    @override
    def validate_grant_type(
        self, client_id: str, grant_type: str, client: Application, request: Any, *args: Any, **kwargs: Any
    ) -> bool:
        return grant_type in {"authorization_code", "refresh_token"}

    @override
    def validate_response_type(
        self, client_id: str, response_type: str, client: Application, request: Any, *args: Any, **kwargs: Any
    ) -> bool:
        return response_type == "code"

    # What is asked ---------------------------------------------------------------------------------------------------
    @override
    def validate_scopes(
        self, client_id: str, scopes: list[str], client: Application, request: Any, *args: Any, **kwargs: Any
    ) -> bool:
        """What we do not know is left aside (OpenID Connect Core, 3.1.2.1); what we know and do not give is refused."""
        scopes = request.scopes = [scope for scope in scopes if scope in _KNOWN]
        if client.for_mail:
            return set(scopes) == {mail_clients.MAIL}
        return OPENID in scopes and set(scopes) <= {OPENID, *client.scopes}

    @override
    def get_default_scopes(self, client_id: str, request: Any, *args: Any, **kwargs: Any) -> list[str]:
        return []

    @override
    def is_pkce_required(self, client_id: str, request: Any) -> bool:
        """Asked when authorising: `plain`, and what is no SHA-256, end here, before anybody is shown a page."""
        if request.code_challenge is not None and (request.code_challenge_method or "plain") != "S256":
            raise errors.UnsupportedCodeChallengeMethodError(request=request)
        if request.code_challenge is not None and not _SHA256.fullmatch(request.code_challenge):
            raise errors.InvalidRequestError(description="code_challenge", request=request)
        return True

    @override
    def get_default_redirect_uri(self, client_id: str, request: Any, *args: Any, **kwargs: Any) -> None:
        """It is always said (OpenID Connect Core, 3.1.2.1)."""

    @override
    def validate_silent_login(self, request: Any) -> bool:
        return True  # `views.authorize` knows who is there

    @override
    def validate_silent_authorization(self, request: Any) -> bool:
        return True  # the same

    # The code --------------------------------------------------------------------------------------------------------
    @override
    def save_authorization_code(
        self, client_id: str, code: dict[str, str], request: Any, *args: Any, **kwargs: Any
    ) -> None:
        Code.objects.create(
            digest=tokens.token_digest(code["code"]), visit=request.visit, redirect_uri=request.redirect_uri,
            scope=" ".join(request.scopes), challenge=request.code_challenge, nonce=request.nonce or "",
            expires_at=request.now + tokens.CODE_LIFE, program=request.program,
        )  # fmt: skip

    @override
    def validate_code(
        self, client_id: str, code: str, client: Application, request: Any, *args: Any, **kwargs: Any
    ) -> bool:
        now, shown = timezone.now(), tokens.code_shown(code)
        if shown is None or shown.visit.application_id != client.pk:
            return False
        if shown.used_at is not None:  # somebody has read it: what came of it ends
            mail_clients.end_stolen(shown, now=now)
            tokens.end_stolen(shown, now=now)
            return False
        request.given, request.scopes = shown, shown.scope.split()
        return shown.expires_at > now and _stands(request, shown.visit, now)

    @override
    def get_code_challenge(self, code: str, request: Any) -> str:
        return str(request.given.challenge)

    @override
    def get_code_challenge_method(self, code: str, request: Any) -> str:
        return "S256"

    @override
    def confirm_redirect_uri(
        self, client_id: str, code: str, redirect_uri: str, client: Application, *args: Any, **kwargs: Any
    ) -> bool:
        request = args[0]
        return bool(redirect_uri == request.given.redirect_uri)

    @override
    def get_authorization_code_nonce(self, client_id: str, code: str, redirect_uri: str, request: Any) -> str | None:
        return request.given.nonce or None

    @override
    def invalidate_authorization_code(self, client_id: str, code: str, request: Any, *args: Any, **kwargs: Any) -> None:
        Code.objects.filter(pk=request.given.pk).update(used_at=request.now)

    # Tokens ----------------------------------------------------------------------------------------------------------
    @override
    def rotate_refresh_token(self, request: Any) -> bool:
        return True

    @override
    def validate_refresh_token(
        self, refresh_token: str, client: Application, request: Any, *args: Any, **kwargs: Any
    ) -> bool:
        if client.for_mail:
            return self._validate_program_token(refresh_token, client, request)
        now, shown = timezone.now(), tokens.refresh_shown(refresh_token)
        if shown is None or shown.visit.application_id != client.pk or shown.revoked_at is not None:
            return False
        if shown.used_at is not None:  # two hold it, and one of them has stolen it: both are shut out
            tokens.end_stolen(shown, now=now)
            return False
        request.given = shown
        return _stands(request, shown.visit, now)

    def _validate_program_token(self, refresh_token: str, client: Application, request: Any) -> bool:
        now, shown = timezone.now(), mail_clients.token_shown(refresh_token)
        if shown is None or shown.application_id != client.pk:
            return False
        if shown.used_at is not None:
            mail_clients.end_stolen(shown, now=now)
            return False
        request.given, request.now = shown, now
        return mail_clients.is_valid(shown, now)

    @override
    def get_original_scopes(self, refresh_token: str, request: Any, *args: Any, **kwargs: Any) -> list[str]:
        return list(request.given.scope.split())

    @override
    def save_token(self, token: dict[str, Any], request: Any, *args: Any, **kwargs: Any) -> None:
        """A refresh token keeps the scope that was given, whatever narrower one was asked for this time."""
        given, now = request.given, request.now
        if request.client.for_mail:
            token["access_token"] = mail_clients.give_tokens(given, request.client, token["refresh_token"], now=now)
            token["expires_in"] = int(PROGRAM_LIFE.total_seconds())
            return
        tokens.give_access(token["access_token"], given.visit, given.family, token["scope"], now=now)
        tokens.give_refresh(token["refresh_token"], given.visit, given.family, given.scope, now=now)
        if isinstance(given, RefreshToken):
            RefreshToken.objects.filter(pk=given.pk).update(used_at=now)

    @override
    def get_id_token(self, token: Any, token_handler: Any, request: Any) -> None:
        """The library then begins one (aud, iat, nonce, at_hash) and has it finished below."""

    @override
    def refresh_id_token(self, request: Any) -> bool:
        return True

    @override
    def finalize_id_token(self, id_token: dict[str, Any], token: Any, token_handler: Any, request: Any) -> str:
        visit: ApplicationSession = request.given.visit
        session: Session = request.session
        told = id_token | {
            "iss": settings.ORIGIN, "sub": subject_of(visit.account), "sid": str(visit.sid),
            "iat": int(request.now.timestamp()), "exp": int((request.now + signing_keys.TOKEN_LIFE).timestamp()),
            "auth_time": int(session.proved_at.timestamp()),
        }  # fmt: skip
        return signing_keys.sign_claims(told | claims.authentication_claims(session), now=request.now)

    @override
    def validate_bearer_token(self, token: str | None, scopes: list[str], request: Any) -> bool:
        now = timezone.now()
        shown = tokens.access_shown(token, now=now) if token else None
        if shown is None or not set(scopes) <= set(shown.scope.split()):
            return False
        request.given, request.scopes = shown, shown.scope.split()
        return _stands(request, shown.visit, now)

    @override
    def get_userinfo_claims(self, request: Any) -> dict[str, Any]:
        visit: ApplicationSession = request.given.visit
        return {"sub": subject_of(visit.account)} | claims.claims_about(
            request.session.account, request.scopes, request.now
        )

    @override
    def revoke_token(self, token: str, token_type_hint: str, request: Any, *args: Any, **kwargs: Any) -> None:
        """Of its own client alone; with one token goes its family (RFC 7009, 2.1)."""
        now = timezone.now()
        if request.client.for_mail:
            program = mail_clients.token_shown(token)
            if program and program.application_id == request.client.pk:
                mail_clients.revoke_token(program, now=now)
            return
        shown = tokens.refresh_shown(token) or tokens.access_shown(token, now=now)
        if shown and shown.visit.application_id == request.client.pk:
            tokens.end_family(shown.family, now=now)


def _stands(request: Any, visit: ApplicationSession, now: datetime) -> bool:
    session = grant_validity.session_behind(visit, now)
    request.session, request.now = session, now
    return session is not None
