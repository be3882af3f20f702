"""Shared by tests: compose."""

import re


def fields(html: str) -> dict[str, str]:
    """The values of the writing form, as a browser would send them."""
    form = html[html.index('id="redaction-') :]
    found = dict(re.findall(r'<input [^>]*name="(\w+)"[^>]* value="([^"]*)"', form))
    text = re.search(r'name="texte"[^>]*>\n?(.*?)</textarea>', form, re.DOTALL)
    return {**found, "texte": text[1] if text else ""}


def key_of(html: str) -> str:
    found = re.search(r'action="/webmail/(?:boites/[^/"]+/)?ecrire/([0-9a-f]{32})/"', html)
    assert found
    return found[1]
