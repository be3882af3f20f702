"""An application of somebody else's: a process of its own on another origin, whose OpenID is authlib's, unmodified.

    python -m e2e.relying PORT < facts (issuer, ca, client_id, client_secret, as JSON)

It knows the issuer's address and its own secret, and reads the rest where the standard says.
"""

import json
import secrets
import socket
import subprocess
import sys
import time
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from html import escape
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import parse_qs, urlencode
from wsgiref.simple_server import WSGIRequestHandler, make_server

import requests
from authlib.integrations.requests_client import OAuth2Session
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.jwk import KeySet

from vaguemestre.launcher.checkout import CHECKOUT
from vaguemestre.launcher.processes.product_commands import talk
from vaguemestre.launcher.testing import Demo

SCOPE = "openid profile email"
type Answer = tuple[str, list[tuple[str, str]], str]  # status, headers, body


class Pages(ABC):
    """What a person sees; how it is signed in to is the library's affair."""

    def __init__(self, port: int) -> None:
        self.here = f"http://127.0.0.1:{port}"
        self.who: Any = None  # the one browser there is

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        asked = {"/entrer": self.enter, "/retour": self.come_back, "/sortir": self.leave}.get(environ["PATH_INFO"])
        status, headers, body = asked(environ) if asked else self._home()
        start_response(status, [("Content-Type", "text/html; charset=utf-8"), *headers])
        return [body.encode()]

    @abstractmethod
    def enter(self, environ: dict[str, Any]) -> Answer:
        """To the provider, with what the library asks for."""

    @abstractmethod
    def come_back(self, environ: dict[str, Any]) -> Answer:
        """With a code or an error; `who` is known afterwards."""

    @abstractmethod
    def leave(self, environ: dict[str, Any]) -> Answer:
        """Here first, then at the provider."""

    def _home(self) -> Answer:
        if not self.who:
            return page("Appli", '<p>Personne.</p><a href="/entrer">Entrer</a>')
        who = self.who
        return page(
            "Appli", f'<p>Bonjour {escape(who["name"])}, {escape(who["email"])}</p><a href="/sortir">Sortir</a>'
        )


class Relying(Pages):
    def __init__(self, port: int, facts: dict[str, str]) -> None:
        super().__init__(port)
        self.facts = facts
        self.id_token = ""
        self.waiting: dict[str, str] = {}

    def enter(self, _environ: dict[str, Any]) -> Answer:
        self.waiting = {"verifier": secrets.token_urlsafe(48), "nonce": secrets.token_urlsafe(16)}
        address, self.waiting["state"] = self._client().create_authorization_url(
            self._metadata()["authorization_endpoint"], code_verifier=self.waiting["verifier"],
            nonce=self.waiting["nonce"],
        )  # fmt: skip
        return to(address)

    def come_back(self, environ: dict[str, Any]) -> Answer:
        query, metadata = environ["QUERY_STRING"], self._metadata()
        said = parse_qs(query)
        if "error" in said:
            return page("Appli", f"<p>Refus : {escape(said['error'][0])}</p>")
        assert said["iss"] == [self.facts["issuer"]]
        client = self._client(state=self.waiting["state"])
        token = client.fetch_token(
            metadata["token_endpoint"], authorization_response=f"{self.here}/retour?{query}",
            code_verifier=self.waiting["verifier"],
        )  # fmt: skip
        keys = KeySet.import_key_set(_asked(metadata["jwks_uri"], self.facts["ca"]))
        read = jwt.decode(token["id_token"], keys, algorithms=["RS256"])
        claims = CodeIDToken(
            read.claims, read.header, {"iss": {"value": metadata["issuer"]}, "aud": {"value": client.client_id}},
            {"nonce": self.waiting["nonce"], "client_id": client.client_id, "access_token": token["access_token"]},
        )  # fmt: skip
        claims.validate()
        who = client.get(metadata["userinfo_endpoint"]).json()
        assert who["sub"] == claims["sub"]
        self.who, self.id_token = who, token["id_token"]
        return to("/")

    def leave(self, _environ: dict[str, Any]) -> Answer:
        asked = {"id_token_hint": self.id_token, "post_logout_redirect_uri": f"{self.here}/"}
        self.who = None
        return to(f"{self._metadata()['end_session_endpoint']}?{urlencode(asked)}")

    def _client(self, **more: str) -> OAuth2Session:
        client = OAuth2Session(
            self.facts["client_id"], self.facts["client_secret"], scope=SCOPE, redirect_uri=f"{self.here}/retour",
            code_challenge_method="S256", **more,
        )  # fmt: skip
        client.verify, client.trust_env = self.facts["ca"], False
        return client

    def _metadata(self) -> Any:
        return _asked(f"{self.facts['issuer']}/.well-known/openid-configuration", self.facts["ca"])


@contextmanager
def relying_party(demo: Demo, library: str = "e2e.relying") -> Iterator[str]:
    """The running application's address, registered with this demo for as long as the block lasts. `library`: whose
    OpenID it speaks by, as the module that does."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    here = f"http://127.0.0.1:{port}"
    command = ["vaguemestre", "applications", "trial", "--redirect", f"{here}/retour", "--logout", f"{here}/"]
    facts = {"issuer": demo.web, "ca": str(demo.ca), **json.loads(talk(demo.data, command, ""))}
    with TemporaryDirectory() as folder:  # a library may write its keys where it stands
        process = subprocess.Popen(
            [sys.executable, "-P", "-m", library, str(port)], stdin=subprocess.PIPE, text=True, cwd=folder,
            env={"PYTHONPATH": str(CHECKOUT), "REQUESTS_CA_BUNDLE": str(demo.ca)},
        )  # fmt: skip
        assert process.stdin
        process.stdin.write(json.dumps(facts))
        process.stdin.close()
        try:
            _wait_for(port)
            yield here
        finally:
            process.terminate()
            process.wait(timeout=20)


def _asked(address: str, ca: str) -> Any:
    return requests.get(address, verify=ca, timeout=20).json()


def _wait_for(port: int) -> None:
    deadline = time.monotonic() + 30
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)
        else:
            return


def page(title: str, body: str) -> Answer:
    icon = '<link rel="icon" href="data:,">'
    whole = (
        f'<!doctype html><html lang="fr"><head><title>{title}</title>{icon}</head><body><h1>{title}</h1>{body}</body>'
    )
    return "200 OK", [], f"{whole}</html>"


def to(address: str) -> Answer:
    return "302 Found", [("Location", address)], ""


class Quiet(WSGIRequestHandler):
    def log_message(self, *_arguments: Any) -> None:
        """Its errors are shown; each request is not."""


if __name__ == "__main__":
    number = int(sys.argv[1])
    make_server("127.0.0.1", number, Relying(number, json.load(sys.stdin)), handler_class=Quiet).serve_forever()
