"""Shared by tests: formatted."""

import html as entities

from vaguemestre.webmail.testing.compose import fields


def form(page: str) -> dict[str, object]:
    """What a browser with a script sends: the HTML, without the words beside it."""
    return {name: entities.unescape(value) for name, value in fields(page).items() if name != "texte"}
