"""Shared by tests: first signin."""

from typing import TYPE_CHECKING

from django.test import Client

from vaguemestre.academy.facts import academy
from vaguemestre.accounts.first_signin.path import PathStep
from vaguemestre.accounts.testing import PASSWORD

if TYPE_CHECKING:
    from django.test.client import _MonkeyPatchedWSGIResponse as Response

ENTRY = "/session/premiere-connexion/"
CHOICE, CHARTER = f"{ENTRY}mot-de-passe/", f"{ENTRY}charte/"
RESCUE, CODE, LATER = f"{ENTRY}secours/", f"{ENTRY}secours/code/", f"{ENTRY}secours/report/"
LETTER = "k7mr-w4pz-9nhb"
MINE = "eloise@boite.example"
THIEF = "voleur@boite.example"


def choose(client: Client, new: str = PASSWORD, again: str | None = None) -> "Response":
    return client.post(CHOICE, {"neuf": new, "encore": new if again is None else again})


def accept(client: Client, version: str | None = None) -> "Response":
    return client.post(CHARTER, {"version": version or academy().charter.version})


def walk_to(client: Client, step: PathStep) -> None:
    choose(client)
    if step is not PathStep.CHARTER:
        accept(client)
    if step is PathStep.PERSONALISE:
        client.post(LATER)
