"""How a ready-made letter becomes part of a message, and a message a ready-made letter."""

from dataclasses import dataclass, replace
from datetime import date

from vaguemestre.accounts.models import Account
from vaguemestre.webmail.compose import merge_fields, rich_text
from vaguemestre.webmail.compose.draft_content import DraftContent
from vaguemestre.webmail.compose.message_templates.store import MessageTemplate
from vaguemestre.webmail.compose.rich_text import BLANK
from vaguemestre.webmail.content.plain_text import SIGNATURE
from vaguemestre.webmail.people.address_list import parse_recipients


@dataclass(frozen=True, slots=True)
class TemplateInsertion:
    """What a letter was before something was put into it, so that it can be as it was."""

    name: str
    subject: str
    text: str
    html: str


def template_html(ready: MessageTemplate) -> str:
    return ready.html or rich_text.html_of_text(ready.text)


def fill_template(ready: MessageTemplate, account: Account, letter: DraftContent, today: date) -> MessageTemplate:
    """With what is known of whoever writes and of the one person written to."""
    words = merge_fields.draft_values(account, parse_recipients(letter.to), today)
    return replace(
        ready,
        subject=merge_fields.fill_subject(ready.subject, words), text=merge_fields.fill_text(ready.text, words),
        html=merge_fields.fill_html(template_html(ready), words),
    )  # fmt: skip


def insert_above(letter: DraftContent, ready: MessageTemplate) -> DraftContent:
    """Before all that is typed; a subject that somebody wrote stays. Formatted, it still has to be judged."""
    subject = letter.subject or ready.subject
    text = f"{ready.text}\n{letter.text}"
    return replace(letter, subject=subject, text=text, html=ready.html + letter.html if letter.html else "")


def fill_draft(letter: DraftContent, account: Account, today: date) -> DraftContent:
    """The variables that stand in a letter already."""
    words = merge_fields.draft_values(account, parse_recipients(letter.to), today)
    return replace(
        letter,
        subject=merge_fields.fill_subject(letter.subject, words), text=merge_fields.fill_text(letter.text, words),
        html=merge_fields.fill_html(letter.html, words),
    )  # fmt: skip


def template_from_draft(letter: DraftContent, html: str) -> tuple[str, str]:
    """What of a letter is worth keeping, as words and formatted: neither its signature nor what it quotes. `html`:
    cleaned."""
    if not html:
        text = f"\n{letter.text}".partition(f"\n{SIGNATURE}\n")[0]
        return text.strip("\n"), ""
    bare = _without(_without(html, '<div class="signature">', "div"), "<blockquote", "blockquote")
    while bare.endswith(BLANK):
        bare = bare.removesuffix(BLANK)
    return "", bare


def _without(html: str, opening: str, tag: str) -> str:
    """Every element that begins so, of HTML in which each tag is closed."""
    while (start := html.find(opening)) >= 0:
        depth, place = 0, start
        while True:
            opened, closed = html.find(f"<{tag}", place), html.find(f"</{tag}>", place)
            if closed < 0:
                return html[:start]
            if 0 <= opened < closed:
                depth, place = depth + 1, opened + 1
                continue
            depth, place = depth - 1, closed + len(tag) + 3
            if depth == 0:
                break
        html = html[:start] + html[place:]
    return html
