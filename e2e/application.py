"""A registered application, as somebody else would write it: a process of its own, on another origin.

`python -m e2e.application FACTS.json`. OpenID Connect by authlib, CAS by python-cas, both as their makers ship them;
nothing of the product is imported. Who is signed in is kept in a file, so that a stop of the process signs nobody out.
"""

import json
import secrets
import ssl
import sys
import threading
import time
from dataclasses import dataclass, field
from html import escape
from http.cookies import SimpleCookie
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import requests
from authlib.integrations.requests_client import OAuth2Session
from cas import CASClient
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

COOKIE = "appli"
EVENT = "http://schemas.openid.net/event/backchannel-logout"
type Session = dict[str, Any]


@dataclass
class Sessions:
    """By the cookie's word. `heard` is what the provider said, and when."""

    file: Path
    rows: dict[str, Session] = field(default_factory=dict)
    pending: dict[str, dict[str, str]] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        if self.file.exists():
            self.rows = json.loads(self.file.read_text())

    def open(self, **facts: Any) -> str:
        word = secrets.token_urlsafe(24)
        with self.lock:
            self.rows[word] = facts
            self._write()
        return word

    def end(self, **facts: Any) -> int:
        with self.lock:
            gone = [word for word, row in self.rows.items() if all(row.get(name) == facts[name] for name in facts)]
            for word in gone:
                del self.rows[word]
            self._write()
        return len(gone)

    def _write(self) -> None:
        spare = self.file.with_suffix(".new")
        spare.write_text(json.dumps(self.rows))
        spare.replace(self.file)


class Application:
    def __init__(self, facts: dict[str, Any]) -> None:
        self.facts, self.sessions = facts, Sessions(Path(facts["sessions"]))
        self.origin = f"https://{facts['host']}:{facts['port']}"
        self._metadata: dict[str, Any] = {}

    @property
    def metadata(self) -> dict[str, Any]:
        if not self._metadata:
            address = f"{self.facts['issuer']}/.well-known/openid-configuration"
            self._metadata = requests.get(address, verify=self.facts["ca"], timeout=10).json()
        return self._metadata

    def oidc(self, **more: Any) -> OAuth2Session:
        client = OAuth2Session(
            self.facts["client_id"], self.facts["client_secret"], scope="openid profile email",
            redirect_uri=f"{self.origin}/oidc/retour", code_challenge_method="S256", **more,
        )  # fmt: skip
        client.verify = self.facts["ca"]
        return client

    def cas(self) -> Any:
        return CASClient(
            version=3, server_url=f"{self.facts['issuer']}/cas/", service_url=f"{self.origin}/cas/entree",
            verify_ssl_certificate=self.facts["ca"],
        )  # fmt: skip

    def read(self, token: str, *, kind: str) -> dict[str, Any]:
        """Signed by the provider, for us, and of the kind that was asked for. Raises ValueError."""
        published = requests.get(self.metadata["jwks_uri"], verify=self.facts["ca"], timeout=10).json()
        try:
            read = jwt.decode(token, KeySet.import_key_set(published), algorithms=["RS256"])
            registry = jwt.JWTClaimsRegistry(
                iss={"essential": True, "value": self.facts["issuer"]}, exp={"essential": True},
                aud={"essential": True, "value": self.facts["client_id"]}, iat={"essential": True},
            )  # fmt: skip
            registry.validate(read.claims)
        except JoseError as error:
            raise ValueError(str(error)) from error
        if read.header.get("typ") != kind:
            raise ValueError(f"typ {read.header.get('typ')}")
        return dict(read.claims)


class Handler(BaseHTTPRequestHandler):
    application: Application

    def do_GET(self) -> None:
        page = PAGES.get(urlsplit(self.path).path)
        if page is None:
            self.say(404, "")
        else:
            page(self)

    def do_POST(self) -> None:
        length = int(self.headers.get("Content-Length", 0))
        form = {name: values[0] for name, values in parse_qs(self.rfile.read(length).decode()).items()}
        path = urlsplit(self.path).path
        if path == "/oidc/fin":
            self.hear_token(form.get("logout_token", ""))
        elif path == "/cas/entree" and "logoutRequest" in form:
            self.hear_cas(form["logoutRequest"])
        else:
            self.say(404, "")

    # What a person sees ----------------------------------------------------------------------------------------------
    def home(self) -> None:
        who = self.session
        words = f"<p id=qui>{escape(who['name'])}</p>" if who else "<p id=qui>personne</p>"
        ways = (
            '<a href="/oidc/entrer">Entrer</a> <a href="/cas/entree">Entrer par CAS</a> <a href="/quitter">Quitter</a>'
        )
        self.say(200, f"<!doctype html><html lang=fr><title>Cahier</title><h1>Cahier</h1>{words}{ways}")

    def who(self) -> None:
        self.say(200, json.dumps(self.session), kind="application/json")

    def leave(self) -> None:
        """By way of the provider, as the application's own button would."""
        who = self.session or {}
        if who.get("ticket"):
            self.go(self.application.cas().get_logout_url(f"{self.application.origin}/cas/entree"))
            return
        metadata, hint = self.application.metadata, who.get("id_token", "")
        back = f"{self.application.origin}/"
        self.go(f"{metadata['end_session_endpoint']}?id_token_hint={hint}&post_logout_redirect_uri={back}")

    # OpenID Connect --------------------------------------------------------------------------------------------------
    def enter(self) -> None:
        verifier, nonce = secrets.token_urlsafe(48), secrets.token_urlsafe(16)
        address, state = self.application.oidc().create_authorization_url(
            self.application.metadata["authorization_endpoint"], code_verifier=verifier, nonce=nonce
        )
        self.application.sessions.pending[state] = {"verifier": verifier, "nonce": nonce}
        self.go(address)

    def come_back(self) -> None:
        state = parse_qs(urlsplit(self.path).query).get("state", [""])[0]
        asked = self.application.sessions.pending.pop(state, None)
        if asked is None:
            self.say(400, "state")
            return
        client = self.application.oidc(state=state)
        token = client.fetch_token(
            self.application.metadata["token_endpoint"], authorization_response=f"{self.application.origin}{self.path}",
            code_verifier=asked["verifier"],
        )  # fmt: skip
        claims = self.application.read(token["id_token"], kind="JWT")
        if claims.get("nonce") != asked["nonce"]:
            self.say(400, "nonce")
            return
        about = client.get(self.application.metadata["userinfo_endpoint"]).json()
        assert about["sub"] == claims["sub"]
        self.signed_in(
            name=about["name"], login=about["preferred_username"], sub=claims["sub"], sid=claims["sid"],
            id_token=token["id_token"],
        )  # fmt: skip

    def hear_token(self, token: str) -> None:
        """OpenID Connect Back-Channel Logout 1.0, 2.6."""
        try:
            claims = self.application.read(token, kind="logout+jwt")
        except ValueError as error:
            self.say(400, str(error))
            return
        right = EVENT in claims.get("events", {}) and "nonce" not in claims and claims.get("jti")
        ended = self.application.sessions.end(sid=claims.get("sid"), sub=claims.get("sub")) if right else 0
        self.note("oidc", ended)
        self.say(200 if right else 400, "")

    # CAS -------------------------------------------------------------------------------------------------------------
    def by_cas(self) -> None:
        ticket = parse_qs(urlsplit(self.path).query).get("ticket", [""])[0]
        if not ticket:
            self.go(self.application.cas().get_login_url())
            return
        user, attributes, _proxy = self.application.cas().verify_ticket(ticket)
        if user is None:
            self.say(403, "ticket")
            return
        self.signed_in(name=attributes["name"], login=user, sub=attributes["sub"], ticket=ticket, told=attributes)

    def hear_cas(self, request: str) -> None:
        ended = sum(
            self.application.sessions.end(ticket=slo.text) for slo in self.application.cas().get_saml_slos(request)
        )
        self.note("cas", ended)
        self.say(200, "")

    # The wire --------------------------------------------------------------------------------------------------------
    @property
    def session(self) -> Session | None:
        word = SimpleCookie(self.headers.get("Cookie", "")).get(COOKIE)
        return self.application.sessions.rows.get(word.value) if word else None

    def signed_in(self, **facts: Any) -> None:
        word = self.application.sessions.open(**facts)
        self.send_response(302)
        self.send_header("Set-Cookie", f"{COOKIE}={word}; Secure; HttpOnly; Path=/; SameSite=Lax")
        self.send_header("Location", "/")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def go(self, address: str) -> None:
        self.send_response(302)
        self.send_header("Location", address)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def say(self, status: int, text: str, *, kind: str = "text/html") -> None:
        body = text.encode()
        self.send_response(status)
        self.send_header("Content-Type", f"{kind}; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", "no-store")
        self.end_headers()
        self.wfile.write(body)

    def note(self, protocol: str, ended: int) -> None:
        with Path(self.application.facts["heard"]).open("a") as file:
            file.write(json.dumps({"at": time.time(), "protocol": protocol, "ended": ended}) + "\n")

    def log_message(self, *_words: object) -> None:
        return


PAGES = {
    "/": Handler.home, "/qui": Handler.who, "/quitter": Handler.leave, "/oidc/entrer": Handler.enter,
    "/oidc/retour": Handler.come_back, "/cas/entree": Handler.by_cas, "/favicon.ico": Handler.home,
}  # fmt: skip


def serve(facts: dict[str, Any]) -> None:
    Handler.application = Application(facts)
    server = ThreadingHTTPServer((facts["host"], facts["port"]), Handler)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(facts["certificate"], facts["key"])
    server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    server.serve_forever()


if __name__ == "__main__":
    serve(json.loads(Path(sys.argv[1]).read_text()))
