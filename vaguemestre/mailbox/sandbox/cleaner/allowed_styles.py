"""Which CSS a mail may carry in a `style` attribute: names from a list, values without any address."""

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

import tinycss2

from vaguemestre.mailbox.sandbox.cleaner.bounded_cache import bounded_cache

LENGTH_LIMIT = 4000
_NAMES_WORDS = """
background background-color border border-bottom border-bottom-color border-bottom-left-radius border-bottom-
right-radius border-bottom-style border-bottom-width border-collapse border-color border-left border-left-color
border-left-style border-left-width border-radius border-right border-right-color border-right-style border-
right-width border-spacing border-style border-top border-top-color border-top-left-radius border-top-right-
radius border-top-style border-top-width border-width box-sizing caption-side clear color direction display
empty-cells float font font-family font-size font-style font-variant font-weight height letter-spacing line-
height list-style-type margin margin-bottom margin-left margin-right margin-top max-height max-width min-height
min-width opacity overflow-wrap padding padding-bottom padding-left padding-right padding-top table-layout text-
align text-decoration text-decoration-color text-decoration-line text-decoration-style text-indent text-
transform vertical-align white-space width word-break word-spacing word-wrap
"""
_NAMES = frozenset(_NAMES_WORDS.split())
_FUNCTIONS = frozenset({"rgb", "rgba", "hsl", "hsla", "calc"})
_PLAIN_TOKENS = frozenset({"ident", "number", "percentage", "dimension", "hash", "whitespace"})
_SIGNS = frozenset(",/+-*")
_WITH_STRINGS = frozenset({"font", "font-family"})
_COLOUR = re.compile(r"(?i)#[0-9a-f]{3,8}|[a-z]{3,30}|rgba?\([0-9., %]{3,40}\)")


class Style(NamedTuple):
    """The declarations that may stay, how many addresses of remote things were among the others, and the first of
    those that stands behind the text."""

    kept: str
    remote: int
    background: str = ""


def allowed_style(style: str) -> Style:
    return _allowed(style[:LENGTH_LIMIT])


@bounded_cache(4096)
def _allowed(style: str) -> Style:
    kept, remote, background = [], 0, ""
    for declaration in tinycss2.parse_declaration_list(style, skip_comments=True, skip_whitespace=True):
        if declaration.type != "declaration":
            continue
        found = list(_remote(declaration.value))
        remote += len(found)
        name = declaration.lower_name
        if found and name in {"background", "background-image"}:
            background = background or found[0]
        if name in _NAMES and _harmless(declaration.value, strings=name in _WITH_STRINGS):
            value = tinycss2.serialize(declaration.value).strip()
            kept.append(f"{name}:{value}{' !important' if declaration.important else ''}")
    return Style(";".join(kept), remote, background)


def colour(value: str) -> str | None:
    return value.strip() if _COLOUR.fullmatch(value.strip()) else None


def _harmless(tokens: list[Any], *, strings: bool = False) -> bool:
    return all(
        token.type in _PLAIN_TOKENS
        or (token.type == "literal" and token.value in _SIGNS)
        or (token.type == "string" and strings)
        or (token.type == "function" and token.lower_name in _FUNCTIONS and _harmless(token.arguments))
        for token in tokens
    )


def _remote(tokens: list[Any]) -> Iterator[str]:
    for token in tokens:
        if token.type == "url" and _is_remote(token.value):
            yield token.value
        elif token.type == "function":
            yield from (each.value for each in token.arguments if each.type == "string" and _is_remote(each.value))
            yield from _remote(token.arguments)


def _is_remote(address: str) -> bool:
    return address.strip().lower().startswith(("http:", "https:", "//", "ftp:"))
