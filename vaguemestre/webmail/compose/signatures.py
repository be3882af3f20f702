"""What stands under a message: the person's own words, or the authority's lines filled in from their posts.

Written by HR data, it follows the posts until the person changes it. Under a new message it comes below "-- ", which
programs know (RFC 3676, 4.3). Above a quotation it has no such line: they would take the quotation for the signature.
"""

from datetime import datetime
from html import escape
from string import Formatter

from django.utils.text import capfirst

from vaguemestre.academy.facts import academy
from vaguemestre.accounts.models import Account
from vaguemestre.people.functions import DSDEN, RECTORAT
from vaguemestre.people.models import School
from vaguemestre.webmail.compose.rich_text import BLANK
from vaguemestre.webmail.content.plain_text import SIGNATURE
from vaguemestre.webmail.models import Preferences

LONGEST = 1000
MOST_LINES = 12


def signature_text(chosen: Preferences) -> str:
    """Its lines; empty when the person wants none."""
    return authority_signature(chosen.account) if chosen.signature is None else chosen.signature


def authority_signature(account: Account) -> str:
    """The authority's lines. What HR does not know leaves no hole: neither its line, nor a comma before nothing.
    Of a shared mailbox its name and place: it names nobody."""
    words = writer_values(account)
    return "\n".join(line for line in (_filled(line, words) for line in academy().signature.lines) if line)


def signature_html(chosen: Preferences) -> str:
    """The same as HTML: as the person formatted it, or its lines, the name in bold."""
    return chosen.signature_html if chosen.signature_html and chosen.signature else html_lines(signature_text(chosen))


def html_lines(text: str) -> str:
    first, *others = text.split("\n")
    if not text:
        return ""
    return "".join((f"<div><b>{escape(first)}</b></div>", *(f"<div>{escape(line)}</div>" for line in others)))


def new_message_foot(text: str) -> str:
    return f"\n\n{SIGNATURE}\n{text}" if text else ""


def quotation_head(text: str) -> str:
    return f"\n\n{text}" if text else ""


def signature_block(html: str) -> str:
    """For a formatted letter, wherever it stands: one element, which the editor and readers know."""
    return f'{BLANK}{BLANK}<div class="signature">{html}</div>' if html else BLANK


def clean_signature(typed: str) -> str:
    """As it is kept: no delimiter of its own, no blank line at either end."""
    lines = [line.rstrip() for line in typed.replace("\0", "").splitlines()]
    return "\n".join(line for line in lines if line != SIGNATURE.strip()).strip("\n")[:LONGEST]


def writer_values(account: Account) -> dict[str, str]:
    """What HR data say of whoever writes; empty where they say nothing."""
    if account.is_shared:
        place = School.objects.filter(box=account.key).first()
        named = {"establishment": account.display_name, "city": place.city if place else ""}
        return {"name": "", "function": "", "discipline": "", "phone": "", **named}
    posting = account.person.postings.select_related("school").order_by("rank").first()
    place = posting.school if posting else None
    return {
        "name": account.display_name,
        "function": capfirst(account.person.function_label),
        "discipline": (posting.discipline or "") if posting else "",
        "establishment": place.name if place else "",
        "city": place.city if place and place.city.lower() not in place.name.lower() else "",
        "phone": _phone(place),
    }


def _phone(place: School | None) -> str:
    """Known for offices only, where people are called."""
    if place is None or place.kind not in {DSDEN, RECTORAT}:
        return ""
    department = academy().department(place.department) if place.kind == DSDEN else None
    return (department.office if department else academy().rectorat).phone


def _filled(line: str, words: dict[str, str]) -> str:
    if not any(words[word] for word in _named(line)):
        return "" if _named(line) else line
    return line.format_map(words).strip(" ,;:-–—")


def _named(line: str) -> list[str]:
    return [word for _text, word, _format, _conversion in Formatter().parse(line) if word]


def save_signature(account: Account, text: str | None, html: str = "", *, now: datetime) -> None:
    """None, or the very words of the posts: it follows them. Empty: no signature."""
    posts = authority_signature(account)
    kept = None if text is not None and text == posts and html in {"", html_lines(posts)} else text
    Preferences.objects.update_or_create(
        account=account, defaults={"signature": kept, "signature_html": html if kept else "", "changed_at": now}
    )
