"""The one script that filters a person's incoming mail, written from what they chose. Readable by whoever opens it.

A person's text reaches Sieve only through `sieve_strings`.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import Final

from django.utils.translation import gettext as _

from vaguemestre.academy.facts import academy
from vaguemestre.mailbox.sieve.managesieve import ScriptName
from vaguemestre.webmail.rules.filters import sieve_writer
from vaguemestre.webmail.rules.filters.rule import Rule
from vaguemestre.webmail.rules.sieve_strings import DOLLAR, DOLLAR_SET, sieve_comment, sieve_string, sieve_text_block

NAME: Final = ScriptName("vaguemestre")
DAYS: Final = 7  # one answer in that time to the same sender
# Of scripts written before their mark was kept.
FORMER_HEADINGS: Final = ("# Written by the settings of the webmail", "# Écrit par les réglages du webmail")


@dataclass(frozen=True, slots=True)
class Absence:
    """`ends` is the first moment back. `outside`: what others than colleagues read; empty: the same."""

    starts: datetime
    ends: datetime
    text: str
    outside: str = ""


@dataclass(frozen=True, slots=True)
class SieveRedirect:
    target: str
    keep_copy: bool


@dataclass(frozen=True, slots=True)
class SieveSettings:
    """All that the script is made from. `included`: the script of another program that stays in force."""

    absence: Absence | None = None
    redirection: SieveRedirect | None = None
    filters: tuple[Rule, ...] = ()
    included: str = ""

    @property
    def need_a_script(self) -> bool:
        return self.absence is not None or self.redirection is not None or bool(self.filters)

    @property
    def filtering(self) -> tuple[Rule, ...]:
        """Those at work: where all mail goes elsewhere and no copy stays, there is nothing to file."""
        return () if self.redirection and not self.redirection.keep_copy else self.filters


def script_text(choices: SieveSettings, *, sender: str, addresses: Sequence[str]) -> str:
    """`sender`: who answers, as From. `addresses`: every form this person is written to."""
    absence, redirection = choices.absence, choices.redirection
    rules = choices.filtering
    parts = [
        "\n".join(_absence(absence, sender, addresses)) if absence else "",
        _redirection(redirection) if redirection else "",
        sieve_writer.sieve_rules(rules),
        f"include :personal :optional {sieve_string(choices.included)};" if choices.included else "",
    ]
    body = "\n\n".join(part for part in parts if part)
    needed = {
        *(("date", "relational", "vacation", "variables") if absence else ()),
        *(("envelope",) if absence and absence.outside else ()),
        *(("variables",) if DOLLAR in body else ()),
        *(("copy" if redirection.keep_copy else "envelope",) if redirection else ()),
        *sieve_writer.required_extensions(rules),
        *(("include",) if choices.included else ()),
    }
    head = [
        sieve_comment(
            _("Written by the settings of the webmail. Changed here by hand, it is kept aside when they write again.")
        )
    ]
    if needed:
        head.append(f"require [{', '.join(sieve_string(name) for name in sorted(needed))}];")
    if DOLLAR in body:
        head.append(DOLLAR_SET)
    return "\n".join(head) + "\n\n" + body + "\n"


def script_mark(text: str) -> str:
    """What a script is known again by: of its words, however a program ends its lines."""
    return sha256("\n".join(text.splitlines()).strip().encode()).hexdigest()


def is_ours(text: str, known: str) -> bool:
    """Whether it is still what we wrote. `known`: its mark, empty where none was kept yet."""
    return script_mark(text) == known if known else text.startswith(FORMER_HEADINGS)


def _absence(absence: Absence, sender: str, addresses: Sequence[str]) -> Iterator[str]:
    """The same handle for the whole absence: whoever was answered is not answered again when its text is mended.

    Dovecot itself answers neither lists nor automatic mail; what is junk never comes here."""
    yield sieve_comment(_("Absence"))
    yield f'set "subject" {sieve_string(_("Automatic answer"))};'
    yield 'if header :matches "Subject" "?*" {'
    yield f'  set "subject" {sieve_string(_("Automatic answer: %s") % "@subject@").replace("@subject@", "${0}")};'
    yield "}"
    yield f'if allof (currentdate :zone "+0000" :value "ge" "iso8601" {sieve_string(_moment(absence.starts))},'
    yield f'          currentdate :zone "+0000" :value "lt" "iso8601" {sieve_string(_moment(absence.ends))}) {{'
    handle = sieve_string(f"absence {_moment(absence.starts)}")
    answer = [
        f"  vacation :days {DAYS} :handle {handle} :from {sieve_string(sender)}",
        f"    :addresses [{', '.join(sieve_string(address) for address in addresses)}]",
        '    :subject "${subject}" ',
    ]
    if absence.outside:
        yield f"  {_inside()} {{"
        yield "\n".join(answer) + sieve_text_block(absence.text)
        yield "  } else {"
        yield "\n".join(answer) + sieve_text_block(absence.outside)
        yield "  }"
    else:
        yield "\n".join(answer) + sieve_text_block(absence.text)
    yield "}"


def _inside() -> str:
    """Judged by the address that is answered: a From that lies gets what is meant for others."""
    domain = academy().domain
    return f'if envelope :domain :matches "from" [{sieve_string(domain)}, {sieve_string(f"*.{domain}")}]'


def _redirection(redirection: SieveRedirect) -> str:
    """Without a copy, what comes back undelivered stays here all the same: sent on, it would be lost without a word."""
    copy = ":copy " if redirection.keep_copy else ""
    lines = [sieve_comment(_("Redirection")), f"redirect {copy}{sieve_string(redirection.target)};"]
    if not redirection.keep_copy:
        lines += [sieve_comment(_("Failures of delivery also stay here")), 'if envelope :is "from" "" { keep; }']
    return "\n".join(lines)


def _moment(when: datetime) -> str:
    """What comes after it in the server's own form (the zone) makes "ge" and "lt" true to the second."""
    return when.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S")
