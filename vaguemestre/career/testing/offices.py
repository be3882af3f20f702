"""Shared by tests: offices."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from django.test import Client
from joserfc import jwt
from joserfc.jwk import RSAKey

from vaguemestre.accounts.models import Account
from vaguemestre.people.models import Person, Posting
from vaguemestre.testing import make_person, make_school

DESK = "DPE, bureau DPE 3"
type Enter = Callable[[Account], Client]


@dataclass(frozen=True)
class Office:
    """The teacher is at échelon 8 of the Somme, handled by the desk of `rectorat`; `oise` serves another department."""

    teacher: Account
    rectorat: Account
    somme: Account
    oise: Account


def make_officer(first: str, last: str, uai: str, kind: str, department: str, desk: str) -> Person:
    place = make_school(uai, kind=kind, department=department)
    person = make_person(first, last, category="ADMR", function="GEST", school=place)
    Posting.objects.filter(person=person).update(discipline=desk)
    return person


@cache
def _key() -> RSAKey:
    return RSAKey.generate_key(2048, {"kid": "one"})


@dataclass
class Issuer:
    """A provider of the test's own, on a socket: what I-Prof reads of it, and what it signs."""

    url: str = ""
    keys: list[RSAKey] = field(default_factory=lambda: [_key()])
    asked: list[str] = field(default_factory=list)

    def sign(self, claims: dict[str, Any], *, key: Any = None, header: dict[str, Any] | None = None) -> str:
        signer = key or self.keys[-1]
        return jwt.encode({"alg": "RS256", "kid": signer.kid, **(header or {})}, claims, signer, ["RS256"])

    def answer(self, path: str) -> dict[str, Any]:
        self.asked.append(path)
        if path == "/keys":
            return {"keys": [key.as_dict(private=False) for key in self.keys]}
        return {"issuer": self.url, "jwks_uri": f"{self.url}/keys", "end_session_endpoint": f"{self.url}/logout"}
