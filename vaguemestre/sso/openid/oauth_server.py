"""The protocol's machinery, with no more in it than is offered: the code flow, refreshing, giving back."""

from functools import lru_cache
from typing import Any

from oauthlib.oauth2.rfc6749.endpoints.authorization import AuthorizationEndpoint
from oauthlib.oauth2.rfc6749.endpoints.revocation import RevocationEndpoint
from oauthlib.oauth2.rfc6749.endpoints.token import TokenEndpoint
from oauthlib.oauth2.rfc6749.tokens import BearerToken
from oauthlib.openid.connect.core.endpoints.userinfo import UserInfoEndpoint
from oauthlib.openid.connect.core.grant_types.authorization_code import AuthorizationCodeGrant
from oauthlib.openid.connect.core.grant_types.refresh_token import RefreshTokenGrant

from vaguemestre.sso.openid import tokens
from vaguemestre.sso.openid.oauth_validator import Validator


class Server(AuthorizationEndpoint, TokenEndpoint, RevocationEndpoint, UserInfoEndpoint):
    def __init__(self, validator: Any) -> None:
        bearer = BearerToken(validator, expires_in=int(tokens.ACCESS_LIFE.total_seconds()))
        code, refresh = AuthorizationCodeGrant(validator), RefreshTokenGrant(validator)
        AuthorizationEndpoint.__init__(
            self, default_response_type="code", default_token_type=bearer, response_types={"code": code}
        )
        TokenEndpoint.__init__(
            self, default_grant_type="authorization_code", default_token_type=bearer,
            grant_types={"authorization_code": code, "refresh_token": refresh},
        )  # fmt: skip
        RevocationEndpoint.__init__(self, validator)
        UserInfoEndpoint.__init__(self, validator)


@lru_cache(maxsize=1)
def server() -> Server:
    """Holds nothing of a request."""
    return Server(Validator())
