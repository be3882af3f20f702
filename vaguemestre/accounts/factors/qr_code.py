"""A picture that a phone reads, drawn in the page itself: it never has an address, so nothing keeps it."""

import io

import segno
from django.utils.safestring import SafeString, mark_safe


def render_qr_code(text: str) -> SafeString:
    """An SVG without style attributes, black on white in both themes. Say beside it what it is."""
    drawn = io.BytesIO()
    segno.make(text, error="m", micro=False).save(
        drawn, kind="svg", xmldecl=False, svgns=True, omitsize=True, border=3, svgclass="qr", lineclass=None,
        light="#fff", dark="#000", nl=False,
    )  # fmt: skip
    return mark_safe(drawn.getvalue().decode().replace("<svg ", '<svg role="img" aria-hidden="true" ', 1))  # noqa: S308 - segno's own
