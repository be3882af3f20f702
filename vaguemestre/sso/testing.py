"""For tests of every room: applications, and a browser that goes through the code flow."""

import base64
import hashlib
import secrets
from dataclasses import dataclass, field
from itertools import count
from typing import Any, override
from urllib.parse import parse_qs, urlencode, urlsplit

from django.http import HttpResponseBase
from django.test import Client

from vaguemestre.sso.models import Application, Audience, Protocol

SECRET = "un secret de soixante-quatre signes, que personne n'a choisi."
BACK = "https://appli.example.fr/retour"
_numbers = count(1)


def make_application(
    name: str = "Appli", *, seen_by: dict[str, str] | None = None, secret: str = SECRET, **facts: Any
) -> Application:
    """A confidential client that everybody may open, and that is not the authority's own. `seen_by` narrows it."""
    number = next(_numbers)
    defaults: dict[str, Any] = {
        "slug": f"appli-{number}", "client_id": f"client-{number}", "domain": "essais", "home": BACK,
        "summary": "Une application d’essai.", "client_type": Application.CLIENT_CONFIDENTIAL,
        "authorization_grant_type": Application.GRANT_AUTHORIZATION_CODE, "redirect_uris": BACK,
        "protocol": Protocol.OIDC, "scopes": ["profile", "email", "function", "uai", "department"],
    }  # fmt: skip
    application: Application = Application.objects.create(name=name, client_secret=secret, **(defaults | facts))
    Audience.objects.create(application=application, **(seen_by or {}))
    return application


@dataclass
class RelyingParty:
    """The application's side, as its library would play it."""

    application: Application
    secret: str = SECRET
    redirect_uri: str = BACK
    scope: str = "openid profile"
    verifier: str = field(default_factory=lambda: secrets.token_urlsafe(48))
    state: str = field(default_factory=lambda: secrets.token_urlsafe(8))
    nonce: str = field(default_factory=lambda: secrets.token_urlsafe(8))

    @property
    def challenge(self) -> str:
        return base64.urlsafe_b64encode(hashlib.sha256(self.verifier.encode()).digest()).rstrip(b"=").decode()

    def request(self, **changed: str | None) -> str:
        """The address that the browser is sent to; None leaves a parameter out."""
        asked = {
            "response_type": "code", "client_id": self.application.client_id, "redirect_uri": self.redirect_uri,
            "scope": self.scope, "state": self.state, "nonce": self.nonce, "code_challenge": self.challenge,
            "code_challenge_method": "S256",
        } | changed  # fmt: skip
        return f"/sso/authorize/?{urlencode({name: value for name, value in asked.items() if value is not None})}"

    def code(self, client: Client, **changed: str | None) -> str:
        told = came_back(client.get(self.request(**changed)))
        assert "code" in told, told
        return told["code"]

    def redeem(self, client: Client, code: str, **changed: str | None) -> HttpResponseBase:
        asked = {
            "grant_type": "authorization_code", "code": code, "redirect_uri": self.redirect_uri,
            "code_verifier": self.verifier,
        } | changed  # fmt: skip
        return self.post(client, "/sso/token/", **asked)

    def refresh(self, client: Client, token: str, **changed: str | None) -> HttpResponseBase:
        return self.post(client, "/sso/token/", **{"grant_type": "refresh_token", "refresh_token": token} | changed)

    def tokens(self, client: Client, **changed: str | None) -> dict[str, Any]:
        response: Any = self.redeem(client, self.code(client, **changed))
        assert response.status_code == 200, response.content
        found: dict[str, Any] = response.json()
        return found

    def post(self, client: Client, path: str, **asked: str | None) -> HttpResponseBase:
        """With client_secret_basic."""
        word = base64.b64encode(f"{self.application.client_id}:{self.secret}".encode()).decode()
        return client.post(
            path, urlencode({name: value for name, value in asked.items() if value is not None}),
            content_type="application/x-www-form-urlencoded", headers={"Authorization": f"Basic {word}"},
        )  # fmt: skip


@dataclass
class MailProgram(RelyingParty):
    """A mail program on somebody's own machine: no secret, an address of its own, and a person who answers."""

    redirect_uri: str = "http://127.0.0.1:50123/"
    scope: str = "mail"

    def let_in(
        self,
        client: Client,
        name: str = "Thunderbird",
        *,
        answer: str = "oui",
        changed: dict[str, str | None] | None = None,
    ) -> Any:
        """The person's answer, on the page that asks; the name goes with it."""
        page = self.request(**({"nonce": None} | (changed or {}))).replace("authorize", "consent")
        return client.post(page, {"reponse": answer, "nom": name})

    @override
    def code(self, client: Client, **changed: str | None) -> str:
        return came_back(self.let_in(client, changed=changed), self.redirect_uri)["code"]

    @override
    def post(self, client: Client, path: str, **asked: str | None) -> HttpResponseBase:
        said = {"client_id": self.application.client_id} | asked
        body = urlencode({name: value for name, value in said.items() if value is not None})
        return client.post(path, body, content_type="application/x-www-form-urlencoded")


def came_back(response: HttpResponseBase, to: str = BACK) -> dict[str, str]:
    """What the application reads in the address."""
    assert response.status_code == 302, getattr(response, "content", b"")[:2000]
    address = response.headers["Location"]
    assert address.startswith(f"{to}?"), address
    return {name: value for name, (value,) in parse_qs(urlsplit(address).query).items()}


def userinfo(client: Client, token: str) -> HttpResponseBase:
    return client.get("/sso/userinfo/", headers={"Authorization": f"Bearer {token}"})
