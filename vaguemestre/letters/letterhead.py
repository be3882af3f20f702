"""The authority's accent and logo on paper (`[brand]` of academy.toml); ours without them."""

from typing import TypedDict

from vaguemestre.academy.facts import academy
from vaguemestre.web import branding

SLATE = "#2b4a6b"  # of client/styles/tokens.css


class Letterhead(TypedDict):
    accent: str
    name: str
    logo: list[int]  # bytes, as typst takes them; none: the drawing that lies beside the template
    format: str


def letterhead() -> Letterhead:
    brand, found = academy().brand, branding.logo()
    octets, suffix = found or (b"", "")
    return {"accent": brand.accent or SLATE, "name": brand.name, "logo": list(octets), "format": suffix[1:]}
