"""What every page may say: the authority it serves, and the language it is in."""

from dataclasses import dataclass

from django.http import HttpRequest
from django.utils.translation import get_language

from vaguemestre.academy.facts import Academy, academy


@dataclass(frozen=True)
class Page:
    academy: Academy
    language: str


def page(_request: HttpRequest) -> dict[str, Page]:
    return {"page": Page(academy(), get_language() or "fr")}
