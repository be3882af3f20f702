"""One letter of a mailing as it would arrive, and the way to the others."""

from dataclasses import dataclass

from vaguemestre.web.url_cache import reverse
from vaguemestre.webmail.content import plain_text
from vaguemestre.webmail.outbox.mail_merge import messages
from vaguemestre.webmail.outbox.mail_merge.messages import RenderedMessage
from vaguemestre.webmail.outbox.mail_merge.preparation import MergePreparation


@dataclass(frozen=True, slots=True)
class MergePreview:
    """A number is that of a line; none: there is no such letter. `frame`: where a formatted text is."""

    drawn: RenderedMessage
    to: str
    subject: str
    text: str
    frame: str
    place: int
    before: int | None
    after: int | None
    next_fault: int | None


def preview_message(prepared: MergePreparation, asked: str) -> MergePreview:
    """`asked`: the number of its line; else the first one that leaves."""
    numbers = [one.number for one in prepared.letters]
    first = next((one.number for one in prepared.drafted.sound), numbers[0])
    known = asked.isascii() and asked.isdigit() and len(asked) < 6 and int(asked) in numbers
    number = int(asked) if known else first
    place, outgoing = numbers.index(number), prepared.mailing.letter
    drawn = prepared.letters[place]
    return MergePreview(
        drawn=drawn, to=str(drawn.recipient), subject=messages.message_subject(outgoing, drawn.words),
        text="" if outgoing.html else plain_text.linked_text(messages.message_text(outgoing, drawn.words)),
        frame=reverse("webmail:mailing-body", args=[prepared.mailing.pk, number]) if outgoing.html else "",
        place=place + 1, before=numbers[place - 1] if place else None,
        after=numbers[place + 1] if place + 1 < len(numbers) else None, next_fault=_next_fault(prepared, number),
    )  # fmt: skip


def _next_fault(prepared: MergePreparation, number: int) -> int | None:
    """After the last one, the first again."""
    others = [one.number for one in prepared.drafted.faulty if one.number != number]
    return next((one for one in others if one > number), others[0] if others else None)
