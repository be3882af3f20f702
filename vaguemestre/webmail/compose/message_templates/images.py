"""The pictures of a letter that becomes a template: the letter's own go with it, so the template gets its own."""

import re
from collections.abc import Sequence
from datetime import datetime
from html import escape

from vaguemestre.accounts.models import Account
from vaguemestre.webmail.compose import signature_images
from vaguemestre.webmail.compose.signature_images import OF_TEMPLATE, TEMPLATE, ImageRefusedError
from vaguemestre.webmail.models import OutgoingFile

_PICTURE = re.compile(r'<img(?: [a-z-]+="[^"]*")*? src="cid:([^"]*)"(?: [a-z-]+="[^"]*")*>')  # as the cleaner writes it


class ImagesTooLargeError(Exception):
    """All the pictures together weigh more than a template may."""


def copy_images(account: Account, html: str, files: Sequence[OutgoingFile], now: datetime) -> str:
    """`html`: cleaned. What cannot be drawn again is left out; pictures of signatures and templates stay what they are.
    Raises `ImagesTooLargeError`; what was made until then is forgotten as any that nothing shows."""
    known = {one.content_id for one in signature_images.shown_images(account, html)}
    letters = {escape(file.content_id): file for file in files if file.content_id and file.content_id not in known}
    made: dict[str, str] = {}

    def kept(match: re.Match[str]) -> str:
        name = match[1]
        if name not in letters:
            return match[0] if name in known else ""
        if name not in made:
            try:
                made[name] = signature_images.save_image(
                    account, letters[name].path.read_bytes(), now, TEMPLATE
                ).content_id
            except ImageRefusedError:
                made[name] = ""
        return match[0].replace(f'"cid:{name}"', f'"cid:{made[name]}"') if made[name] else ""

    html = _PICTURE.sub(kept, html)
    if signature_images.images_size(account, html) > OF_TEMPLATE:
        raise ImagesTooLargeError
    return html
