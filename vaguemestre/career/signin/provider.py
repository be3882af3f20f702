"""The OpenID provider, as any client meets it: by its addresses, over TLS. What it says is checked here, once."""

import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import requests
from authlib.integrations.base_client import OAuthError
from authlib.integrations.requests_client import OAuth2Session
from django.conf import settings
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

ALGORITHMS = ["RS256", "ES256"]
SECONDS = 5
KEPT = 600  # seconds for which addresses and keys are not asked again
SOONEST = 10  # an unknown key asks again, but not more often than that
LEEWAY = 30
AT_ONCE = 2  # of the eight threads of a web process


class ProviderError(Exception):
    """`permanent`: asking again would not help; else the provider is away. Never holds a code or a token."""

    def __init__(self, reason: str, *, permanent: bool) -> None:
        super().__init__(reason)
        self.permanent = permanent


class ProviderBusyError(ProviderError):
    """As many as may ask at once are asking: in a second there is a place."""

    def __init__(self) -> None:
        super().__init__("too many sign-ins at this moment", permanent=False)


_places = threading.BoundedSemaphore(AT_ONCE)


@contextmanager
def place() -> Iterator[None]:
    """For a sign-in, which asks the provider and waits. The same processes answer as the provider: were all of their
    threads waiting for it, nobody would answer any of them. Raises ProviderBusyError rather than wait."""
    if not _places.acquire(blocking=False):
        raise ProviderBusyError
    try:
        yield
    finally:
        _places.release()


@dataclass(frozen=True, slots=True)
class Client:
    """How I-Prof is registered. The secret is read when it is needed."""

    issuer: str
    client_id: str
    ca: str | None

    @property
    def secret(self) -> str:
        try:
            return str(settings.CAREER["secret"].read_text().strip())
        except (AttributeError, OSError) as error:
            raise ProviderError("no secret: run bin/run", permanent=True) from error


def client() -> Client:
    said = settings.CAREER
    return Client(said["issuer"], said["client_id"], str(said["ca"]) if said["ca"] else None)


class _Known:
    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.forget()

    def forget(self) -> None:
        self._addresses: Mapping[str, Any] = {}
        self._keys: KeySet | None = None
        self._asked = {"addresses": float("-inf"), "keys": float("-inf")}

    def addresses(self) -> Mapping[str, Any]:
        with self._lock:
            if not self._addresses or _age(self._asked["addresses"]) > KEPT:
                said = _fetch(f"{client().issuer}/.well-known/openid-configuration")
                if said.get("issuer") != client().issuer:
                    raise ProviderError("the provider calls itself otherwise", permanent=True)
                self._addresses, self._asked["addresses"] = said, time.monotonic()
            return self._addresses

    def keys(self, *, anew: bool = False) -> KeySet:
        place = str(self.addresses()["jwks_uri"])
        with self._lock:
            age = _age(self._asked["keys"])
            if self._keys is None or age > KEPT or (anew and age > SOONEST):
                try:
                    self._keys = KeySet.import_key_set(_fetch(place))  # type: ignore[arg-type]  # judged by the library
                except (JoseError, KeyError, ValueError) as error:
                    raise ProviderError("its keys cannot be read", permanent=False) from error
                self._asked["keys"] = time.monotonic()
            return self._keys


known = _Known()


def authorization(redirect_uri: str, *, state: str, nonce: str, verifier: str) -> str:
    with _session(redirect_uri) as session:
        url, _state = session.create_authorization_url(
            known.addresses()["authorization_endpoint"], state=state, nonce=nonce, code_verifier=verifier
        )
    return str(url)


@dataclass(frozen=True, slots=True, repr=False)
class TokenResponse:
    """For a code: neither is checked yet, and neither is kept."""

    id_token: str
    access_token: str


def exchange_code(code: str, redirect_uri: str, *, verifier: str) -> TokenResponse:
    """Raises ProviderError."""
    try:
        with _session(redirect_uri) as session:
            answer = session.fetch_token(
                known.addresses()["token_endpoint"], grant_type="authorization_code", code=code,
                code_verifier=verifier, timeout=SECONDS,
            )  # fmt: skip
    except OAuthError as error:
        raise ProviderError(f"the code was refused: {error.error}", permanent=True) from error
    except (requests.RequestException, ValueError) as error:
        raise ProviderError(f"the provider does not answer: {type(error).__name__}", permanent=False) from error
    return TokenResponse(str(answer.get("id_token") or ""), str(answer.get("access_token") or ""))


def id_claims(token: str, *, nonce: str, now: float) -> dict[str, Any]:
    """Of an ID token of ours (OpenID Connect Core, 3.1.3.7). Raises ProviderError."""
    claims = claims_of(token)
    _require(claims, now, {"nonce": {"essential": True, "value": nonce}, "sub": {"essential": True}})
    audience = claims.get("aud")
    if isinstance(audience, list) and len(audience) > 1 and claims.get("azp") != client().client_id:
        raise ProviderError("meant for another client", permanent=True)
    return claims


def userinfo(access_token: str, *, subject: str) -> dict[str, Any]:
    """About whoever the ID token speaks of, and nobody else (5.3.2). Raises ProviderError."""
    said = _fetch(str(known.addresses()["userinfo_endpoint"]), {"Authorization": f"Bearer {access_token}"})
    if said.get("sub") != subject:
        raise ProviderError("userinfo speaks of somebody else", permanent=True)
    return said


def claims_of(token: str) -> dict[str, Any]:
    """What was signed with one of the provider's keys, by an algorithm that has a public half: nothing else is true of
    it yet."""
    try:
        return dict(_decoded(token, known.keys()).claims)
    except (JoseError, ValueError):
        pass  # perhaps signed with a key that is newer than what is kept here
    try:
        return dict(_decoded(token, known.keys(anew=True)).claims)
    except (JoseError, ValueError) as error:
        raise ProviderError(f"not signed by the provider: {type(error).__name__}", permanent=True) from error


def require_ours(claims: Mapping[str, Any], now: float) -> None:
    """Issuer, audience, and neither over nor to come. Raises ProviderError."""
    _require(claims, now, {})


def end_session_url() -> str:
    """Where the browser is sent when it signs out; "" when the provider has no such page or does not answer."""
    try:
        return str(known.addresses().get("end_session_endpoint", ""))
    except ProviderError:
        return ""


def _require(claims: Mapping[str, Any], now: float, more: Mapping[str, Any]) -> None:
    wanted: dict[str, Any] = {
        "iss": {"essential": True, "value": client().issuer},
        "aud": {"essential": True, "value": client().client_id},
        "exp": {"essential": True},
        "iat": {"essential": True},
        **more,
    }
    try:
        jwt.JWTClaimsRegistry(now=int(now), leeway=LEEWAY, **wanted).validate(dict(claims))
    except (JoseError, TypeError, ValueError) as error:
        raise ProviderError(f"not a token for us: {error}", permanent=True) from error


def _decoded(token: str, keys: KeySet) -> jwt.Token:
    return jwt.decode(token, keys, algorithms=ALGORITHMS)


def _session(redirect_uri: str) -> OAuth2Session:
    ours = client()
    session = OAuth2Session(
        ours.client_id, ours.secret, scope=settings.CAREER["scope"], redirect_uri=redirect_uri,
        code_challenge_method="S256",
    )  # fmt: skip
    session.verify = ours.ca or True
    session.trust_env = False  # no proxy of the machine stands between us
    return session


def _fetch(address: str, headers: Mapping[str, str] | None = None) -> dict[str, Any]:
    try:
        with requests.Session() as session:
            session.trust_env = False
            answer = session.get(
                address, timeout=SECONDS, verify=client().ca or True, allow_redirects=False, headers=headers
            )
        answer.raise_for_status()
        said = answer.json()
    except (requests.RequestException, ValueError) as error:
        raise ProviderError(f"the provider does not answer: {type(error).__name__}", permanent=False) from error
    if not isinstance(said, dict):
        raise ProviderError("not what a provider says", permanent=False)
    return said


def _age(asked: float) -> float:
    return time.monotonic() - asked
