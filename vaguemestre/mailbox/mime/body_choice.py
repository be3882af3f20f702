"""Which parts of a message are its text and which are files, as a person is shown them."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from vaguemestre.mailbox.messages import Part
from vaguemestre.mailbox.mime.header_text import end_of_head
from vaguemestre.mailbox.values import BelowHead, PartPath

UNKNOWN = Part(path=PartPath("1"), type="application/octet-stream")
NOTE_ID = "pieces-retirees@vaguemestre"  # the text that stands where attachments were
# What programs say to one another is no file to a person.
_FOR_PROGRAMS = frozenset(
    {
        "application/pgp-signature", "application/pkcs7-signature", "application/x-pkcs7-signature",
        "message/disposition-notification",
    }
)  # fmt: skip


@dataclass(slots=True)
class BodyChoice:
    """What is shown and what is listed, see `Message`."""

    text: Part | None = None
    html: Part | None = None
    attachments: list[Part] = field(default_factory=list)
    inline: dict[str, Part] = field(default_factory=dict)
    note: Part | None = None
    has_attachments: bool = False  # what the list marks; filters ask the same (`rules.filters.attachment_test`)


def choose_body(structure: Part) -> BodyChoice:
    content = BodyChoice()
    hidden: list[Part] = []  # images that stand inside the HTML
    for part, related in _leaves(structure, related=False):
        if _is_body(part) and part.type == "text/plain" and content.text is None and content.html is None:
            content.text = part
        elif _is_body(part) and part.type == "text/html" and content.html is None:
            content.html = part
        elif part.content_id == NOTE_ID and part.type == "text/plain" and content.note is None:
            content.note = part
        elif part.content_id and part.type.startswith("image/"):
            content.inline.setdefault(part.content_id, part)
            (hidden if related else content.attachments).append(part)
        else:
            content.attachments.append(part)
    if content.html is None:
        content.attachments.extend(hidden)
        content.inline.clear()
    parts = [part for part, _related in _leaves(structure, related=False)]
    formatted = any(part.type == "text/html" and part.disposition != "attachment" for part in parts)
    content.has_attachments = any(_is_file(part, formatted=formatted) for part in parts)
    return content


def below_head(content: BodyChoice, structure: Part, head: bytes) -> None:
    """What the server did not make out: a multipart in which it found nothing (its boundary is missing or cannot be
    read), or a text whose beginning it took for fields. All that is there is the text then (RFC 2045, 5.2)."""
    below = end_of_head(head) < len(head)
    if structure.is_multipart:
        made_out = structure.parameters.get("boundary") and not below
        if not made_out and not any(part.size or part.filename for part in structure.walk()):
            content.text, content.html, content.attachments = Part(path=BelowHead(), type="text/plain"), None, []
    elif below:
        for name in ("text", "html"):
            if getattr(content, name) is structure:
                setattr(content, name, replace(structure, path=BelowHead()))


def _is_file(part: Part, *, formatted: bool) -> bool:
    """By itself, wherever it stands: a face of the text once it has a name, a picture unless the text shows it."""
    if part.type in _FOR_PROGRAMS or part.disposition == "attachment":
        return part.type not in _FOR_PROGRAMS
    if part.type in {"text/plain", "text/html"}:
        return bool(part.filename)
    return not (formatted and part.content_id and part.type.startswith("image/"))


def _is_body(part: Part) -> bool:
    return part.disposition != "attachment" and (not part.filename or part.disposition == "inline")


def _leaves(part: Part, *, related: bool) -> Iterator[tuple[Part, bool]]:
    if not part.is_multipart:
        yield part, related
        return
    children = part.parts
    if part.type == "multipart/alternative":
        # The plain face first, even from a sender who put the rich one before it: a body is chosen in this order.
        children = tuple(sorted(children, key=lambda child: child.type != "text/plain"))
    for child in children:
        yield from _leaves(child, related=related or part.type == "multipart/related")
