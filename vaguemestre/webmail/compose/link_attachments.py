"""Files too heavy for a letter, which travel as links (`handouts`): what the sheet shows, and what the letter says."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from html import escape

from django.utils import translation
from django.utils.translation import gettext as _, ngettext

from vaguemestre.academy.facts import academy
from vaguemestre.handouts import limits, message_links
from vaguemestre.handouts.message_links import MessageLink
from vaguemestre.handouts.models import Handout
from vaguemestre.web.date_text import full_date
from vaguemestre.web.number_text import octets_text
from vaguemestre.webmail.content.plain_text import SIGNATURE
from vaguemestre.webmail.models import Outgoing

COMING = timedelta(minutes=2)  # a piece on a slow line
_BOX = "margin:16px 0;padding:12px 16px;border:1px solid #c8ccd2;border-radius:6px"


@dataclass(frozen=True, slots=True)
class LinkedFile:
    key: str
    name: str
    words: str
    whole: bool


def linked_files(account_key: str, letter: str, now: datetime, *, coming: bool = False) -> list[LinkedFile]:
    """One that is coming at this moment has its line in the window that sends it. `coming`: it keeps the letter from
    leaving, and its line may be in no window."""
    until = _day(message_links.last_day(now))
    return [
        LinkedFile(one.key, one.name, _words(one, until, now), one.complete)
        for one in message_links.handouts_of_draft(account_key, letter)
        if one.complete or coming or _broken_off(one, now)
    ]


def living_letters(letters: Collection[str]) -> dict[tuple[str, str], bool]:
    """`handouts.ports.living_letters`."""
    rows = Outgoing.objects.filter(key__in=letters, state__in=[Outgoing.State.DRAFT, Outgoing.State.QUEUED])
    return {
        (account, key): state == Outgoing.State.DRAFT
        for account, key, state in rows.values_list("account", "key", "state")
    }


def link_offer(now: datetime) -> dict[str, str | int]:
    """What the sheet says of a file that is too heavy; nothing when no file travels so."""
    if not limits.largest_size():
        return {}
    words = _("Too heavy for a message: your correspondents will get a link, which works until %s.")
    return {"most": limits.largest_size(), "said": words % _day(message_links.last_day(now))}


def largest_attached() -> int | None:
    """Bytes above which a file is offered as a link although a message could carry it; None: no such limit."""
    return academy().links.above_mb * limits.MB if academy().links.above_mb and limits.largest_size() else None


def links_text(outgoing: Outgoing, links: Sequence[MessageLink], now: datetime) -> str:
    """Above the signature of a new letter; first in an answer, whose text stands about what it quotes."""
    if not links:
        return outgoing.text
    with translation.override(outgoing.account.language):
        lines = [_heading(len(links)), *(f"- {one.name} ({octets_text(one.size)})\n  {one.url}" for one in links)]
        said = "\n".join([*lines, *_conditions(links, now)])
    if outgoing.kind != Outgoing.Kind.NEW:
        return f"{said}\n\n{outgoing.text}"
    body, line, below = f"\n{outgoing.text}".rpartition(f"\n{SIGNATURE}\n")
    above = (body if line else below).strip("\n")
    return f"{above}\n\n{said}\n" + (f"\n{SIGNATURE}\n{below}" if line else "")


def links_html(outgoing: Outgoing, links: Sequence[MessageLink], now: datetime) -> str:
    if not links or not outgoing.html:
        return outgoing.html
    with translation.override(outgoing.account.language):
        rows = "".join(
            f'<div style="margin:8px 0"><a href="{escape(one.url)}">{escape(one.name)}</a> '
            f'<span style="color:#5b6470">({octets_text(one.size)})</span></div>'
            for one in links
        )
        said = (
            f'<div style="{_BOX}"><div><b>{_heading(len(links))}</b></div>{rows}'
            f'<div style="color:#5b6470;font-size:13px">{"<br>".join(_conditions(links, now))}</div></div>'
        )
    if outgoing.kind != Outgoing.Kind.NEW:
        return said + outgoing.html
    place = outgoing.html.rfind('<div class="signature">')
    return outgoing.html + said if place < 0 else outgoing.html[:place] + said + outgoing.html[place:]


def _heading(count: int) -> str:
    return ngettext("File to download:", "Files to download:", count)


def _conditions(links: Sequence[MessageLink], now: datetime) -> list[str]:
    said = [_("To be fetched by %s.") % full_date(message_links.last_day(now))]
    if any(one.locked for one in links):
        said.append(_("A password is asked for: I tell you by another way."))
    return said


def _broken_off(handout: Handout, now: datetime) -> bool:
    return not handout.complete and handout.touched_at < now - COMING


def _words(handout: Handout, until: str, now: datetime) -> str:
    if not handout.complete:
        broken = _("Its sending broke off at %(here)s of %(size)s: choose the file again to go on.")
        words = broken if _broken_off(handout, now) else _("%(here)s of %(size)s are here so far.")
        return words % {"here": octets_text(handout.received), "size": octets_text(handout.size)}
    told = {"size": octets_text(handout.size), "day": until}
    if handout.password:
        return _("%(size)s, by a link with a password, until %(day)s") % told
    return _("%(size)s, by a link, until %(day)s") % told


def _day(day: date) -> str:
    """Without the day of the week: a month ahead it says nothing."""
    return full_date(day).partition(" ")[2]
