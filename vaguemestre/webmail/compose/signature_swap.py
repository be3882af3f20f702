"""One signature for another in a letter that is being written: when its author writes from another address."""

import re
from dataclasses import replace

from vaguemestre.mailbox.errors import CleanerError
from vaguemestre.webmail.compose import rich_text, signatures
from vaguemestre.webmail.compose.draft_content import DraftContent
from vaguemestre.webmail.compose.signature_choice import NamedSignature
from vaguemestre.webmail.models import Outgoing

_BLOCK = re.compile(r'<(/?)(div|blockquote)((?: [a-z-]+="[^"]*")*)>')  # as the cleaner writes them


def swap_signature(letter: DraftContent, former: NamedSignature, mine: NamedSignature) -> DraftContent:
    """Nothing else of it changes; a signature that its author took out stays out."""
    if former.text == mine.text and former.html == mine.html:
        return letter
    if not letter.html:
        return replace(letter, text=_in_words(letter, former.text, mine.text))
    html = _in_html(letter.html, former.html, mine.html)
    try:
        made = rich_text.clean_html(html, lambda address: address)
    except CleanerError:
        return letter
    return replace(letter, html=made.html, text=made.text)


def _in_words(letter: DraftContent, former: str, mine: str) -> str:
    above, below = signatures.quotation_head, signatures.new_message_foot
    for form in (below, above):
        if former and form(former) in letter.text:
            return letter.text.replace(form(former), form(mine), 1)
    return letter.text if former or letter.kind != Outgoing.Kind.NEW else letter.text.rstrip("\n") + below(mine)


def _in_html(html: str, former: str, mine: str) -> str:
    block = f'<div class="signature">{mine}</div>' if mine else ""
    if place := _place(html):
        return html[: place[0]] + block + html[place[1] :]
    if former or not block:
        return html
    quotation = html.find("<blockquote")
    return html[:quotation] + block + html[quotation:] if quotation > 0 else html + block


def _place(html: str) -> tuple[int, int] | None:
    """Where the first signature that is no quotation's begins and ends."""
    start, depth, quoted = -1, 0, 0
    for tag in _BLOCK.finditer(html):
        step = -1 if tag[1] else 1
        if tag[2] == "blockquote":
            quoted += step
        elif start >= 0:
            depth += step
            if not depth:
                return start, tag.end()
        elif not tag[1] and not quoted and 'class="signature"' in tag[3]:
            start, depth = tag.start(), 1
    return None
