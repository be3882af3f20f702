"""A mail program that is let in on the portal, without a password: in the browser, at the token endpoint, then curl and
neomutt with what they got; and cut off in "Mon compte"."""

import base64
import hashlib
import json
import secrets
import ssl
import subprocess
import sys
import threading
import urllib.parse
import urllib.request
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import override

import pytest
from playwright.sync_api import expect

from e2e.post import in_the_end, subjects
from e2e.test_programs import neomutt
from e2e.visitor import Visitor
from vaguemestre.launcher.testing import Demo

pytestmark = pytest.mark.browser
CLIENT = "logiciel-de-messagerie"
REFRESHING = """\
import json, ssl, sys, urllib.parse, urllib.request
address, client, authority, kept = sys.argv[1:]
asked = {"grant_type": "refresh_token", "client_id": client, "refresh_token": open(kept).read()}
trust = ssl.create_default_context(cafile=authority)
with urllib.request.urlopen(address, urllib.parse.urlencode(asked).encode(), context=trust) as answer:
    given = json.load(answer)
open(kept, "w").write(given["refresh_token"])
print(given["access_token"])
"""


@contextmanager
def listening() -> Iterator[tuple[str, list[str]]]:
    """The program on its own machine: an address, and what the browser brought there."""
    brought: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            brought.append(self.path)
            self.send_response(200)
            self.send_header("Content-Type", "text/plain")
            self.end_headers()
            self.wfile.write(b"letter-box")

        @override
        def log_message(self, *_said: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/", brought
        server.shutdown()


def test_let_in_without_a_password_and_cut_off(new_visitor: Callable[..., Visitor], demo: Demo, tmp_path: Path) -> None:
    account, to = demo.account("school-head"), demo.account("hr-officer")
    verifier = secrets.token_urlsafe(48)
    challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
    visitor, called = new_visitor(), f"neomutt {uuid.uuid4().hex[:6]}"
    page = visitor.page
    with listening() as (back, brought), visitor.forgiving(f"another host: {back}"):
        asked = {
            "response_type": "code", "client_id": CLIENT, "redirect_uri": back, "scope": "mail", "state": "s",
            "code_challenge": challenge, "code_challenge_method": "S256",
        }  # fmt: skip
        visitor.go(f"/sso/authorize/?{urllib.parse.urlencode(asked)}")
        visitor.sign_in(account)
        expect(page.get_by_text("envoyer des messages en votre nom")).to_be_visible()
        visitor.axe()
        page.get_by_label("Son nom dans votre liste").fill(called)
        page.get_by_role("button", name="Autoriser").click()
        expect(page.get_by_text("letter-box")).to_be_visible()
        [told] = [urllib.parse.parse_qs(urllib.parse.urlsplit(path).query) for path in brought if "code=" in path]
    assert told["state"] == ["s"]
    given = redeemed(demo, code=told["code"][0], redirect_uri=back, code_verifier=verifier)
    assert "MESSAGES" in curl(demo, account, given["access_token"])

    (tmp_path / "refresh.py").write_text(REFRESHING)
    (tmp_path / "token").write_text(given["refresh_token"])
    words = (sys.executable, tmp_path / "refresh.py", f"{demo.web}/sso/token/", CLIENT, demo.ca, tmp_path / "token")
    command = " ".join(map(str, words))
    login = "\n".join(
        f'set {protocol}_authenticators = "{mechanism}"\nset {protocol}_oauth_refresh_command = "{command}"'
        for protocol, mechanism in (("imap", "oauthbearer"), ("smtp", "xoauth2"))
    )
    name = f"mutt{uuid.uuid4().hex[:8]}"
    (tmp_path / "text").write_text("Bonjour,\n\nÀ la rentrée.\n")
    options = ("-s", name, "-i", str(tmp_path / "text"), "--", to["address"])
    neomutt(demo, account, tmp_path, 'send2-hook . "push <send-message>"', *options, login=login)
    in_the_end(lambda: name in subjects(demo, to))
    assert subjects(demo, account, "Sent").count(name) == 1

    visitor.go("/mon-compte/")
    row = page.locator("#logiciels").get_by_role("row", name=called)
    expect(row).to_contain_text("autorisé sur le portail")
    row.get_by_role("button", name="Retirer").click()
    expect(page.get_by_text("L’accès est retiré")).to_be_visible()
    with pytest.raises(subprocess.CalledProcessError) as refused:
        curl(demo, account, given["access_token"])
    assert refused.value.returncode == LOGIN_DENIED


LOGIN_DENIED = 67  # of curl


def redeemed(demo: Demo, **facts: str) -> dict[str, str]:
    body = urllib.parse.urlencode({"grant_type": "authorization_code", "client_id": CLIENT, **facts}).encode()
    trust = ssl.create_default_context(cafile=str(demo.ca))
    with urllib.request.urlopen(f"{demo.web}/sso/token/", body, context=trust) as answer:  # noqa: S310 - ours
        found: dict[str, str] = json.load(answer)
        return found


def curl(demo: Demo, account: dict[str, str], token: str) -> str:
    imaps = demo.endpoints["imaps"]
    address = f"imaps://{imaps['host']}:{imaps['port']}/"
    asked = ["--request", "STATUS INBOX (MESSAGES)", "--user", f"{account['address']}:", "--oauth2-bearer", token]
    command = ["curl", "--silent", "--show-error", "--cacert", str(demo.ca), *asked, address]
    return subprocess.run(command, check=True, capture_output=True, text=True, timeout=60).stdout
