"""Authorise, token, userinfo: what an application's sign-in costs above the signature of its ID token.

    python -m bench.sso DATA [--rounds 200]

DATA is the folder of a running demo. One browser that is signed in, and I-Prof's own client: each round is three
requests over HTTPS on a kept connection. Floor: three requests that do nothing (`/health/`), and one RS256 signature,
measured in the same round. Server time is what the web processes have spent (processor seconds, /proc).
"""

import argparse
import base64
import hashlib
import json
import secrets
import time
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import requests
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from bench import processes
from vaguemestre.launcher.data_folder.web_sockets import web_socket

CLIENT = "iprof"


@dataclass
class Timed:
    authorise: list[float] = field(default_factory=list)
    token: list[float] = field(default_factory=list)
    userinfo: list[float] = field(default_factory=list)
    floor: list[float] = field(default_factory=list)
    signature: list[float] = field(default_factory=list)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--rounds", type=int, default=200)
    options = parser.parse_args()
    endpoints = json.loads((options.data / "endpoints.json").read_text())
    person = next(account for account in endpoints["accounts"] if account["role"] == "teacher")
    browser, server = _signed_in(endpoints, person), requests.Session()
    server.verify, server.trust_env = endpoints["ca"], False
    secret = (options.data / "secrets" / f"client-{CLIENT}.key").read_text().strip()
    key: Any = load_pem_private_key(next((options.data / "secrets").glob("id-token.*.pem")).read_bytes(), None)
    timed, web = Timed(), processes.matching(str(web_socket(options.data)))
    assert web, "no web process of this folder"
    for _ in range(10):
        _round(endpoints["web"], browser, server, secret, Timed())
    spent = [processes.processor_seconds(web)]
    for _ in range(options.rounds):
        _round(endpoints["web"], browser, server, secret, timed)
    spent.append(processes.processor_seconds(web))
    for _ in range(options.rounds):
        _floor(endpoints["web"], server, key, timed)
    spent.append(processes.processor_seconds(web))
    _report(timed, (spent[1] - spent[0]) / options.rounds, (spent[2] - spent[1]) / options.rounds)


def _round(web: str, browser: requests.Session, server: requests.Session, secret: str, timed: Timed) -> None:
    verifier, back = secrets.token_urlsafe(48), f"{web}/iprof/retour/"
    challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
    asked = {
        "response_type": "code", "client_id": CLIENT, "redirect_uri": back, "scope": "openid profile email function",
        "state": "x", "nonce": "y", "code_challenge": challenge, "code_challenge_method": "S256",
    }  # fmt: skip
    begun = time.perf_counter()
    response = browser.get(f"{web}/sso/authorize/?{urlencode(asked)}", allow_redirects=False)
    timed.authorise.append(time.perf_counter() - begun)
    code = parse_qs(urlsplit(response.headers["Location"]).query)["code"][0]
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": back, "code_verifier": verifier}
    begun = time.perf_counter()
    given = server.post(f"{web}/sso/token/", form, auth=(CLIENT, secret)).json()
    timed.token.append(time.perf_counter() - begun)
    begun = time.perf_counter()
    told = server.get(f"{web}/sso/userinfo/", headers={"Authorization": f"Bearer {given['access_token']}"})
    timed.userinfo.append(time.perf_counter() - begun)
    assert told.json()["sub"]


def _floor(web: str, server: requests.Session, key: Any, timed: Timed) -> None:
    begun = time.perf_counter()
    for _ in range(3):
        assert server.get(f"{web}/health/").status_code == 200
    timed.floor.append(time.perf_counter() - begun)
    begun = time.perf_counter()
    key.sign(b"x" * 600, PKCS1v15(), hashes.SHA256())
    timed.signature.append(time.perf_counter() - begun)


def _signed_in(endpoints: dict[str, Any], person: dict[str, str]) -> requests.Session:
    browser = requests.Session()
    browser.verify, browser.trust_env = endpoints["ca"], False
    page = browser.get(f"{endpoints['web']}/session/")
    token = page.text.split('name="csrfmiddlewaretoken" value="')[1].split('"')[0]
    form = {"identifiant": person["identifier"], "secret": person["password"], "csrfmiddlewaretoken": token}
    response = browser.post(
        f"{endpoints['web']}/session/", form, headers={"Referer": endpoints["web"]}, allow_redirects=False
    )
    assert response.status_code == 302, response.status_code
    return browser


def _report(timed: Timed, spent: float, floor_spent: float) -> None:
    whole = [sum(one) for one in zip(timed.authorise, timed.token, timed.userinfo, strict=True)]
    floor, signature = median(timed.floor), median(timed.signature)
    for name in ("authorise", "token", "userinfo"):
        print(f"{name:10} {median(getattr(timed, name)) * 1000:6.2f} ms")
    print(f"{'all three':10} {median(whole) * 1000:6.2f} ms, signature {signature * 1000:.2f} ms")
    print(f"floor      {floor * 1000:6.2f} ms for three requests that do nothing: {median(whole) / floor:.1f} times")
    above = spent - floor_spent - signature
    print(f"processor  {spent * 1000:6.2f} ms of the web processes, {floor_spent * 1000:.2f} for the floor")
    print(f"above the signature and the floor: {above * 1000:.2f} ms of server time (asked: 15)")


if __name__ == "__main__":
    main()
