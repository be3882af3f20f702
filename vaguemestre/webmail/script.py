"""The one script that filters a person's incoming mail, written from what they chose. Readable by whoever opens it.

A person's text reaches Sieve only through `_string` and `_lines`. In a script with variables "${" would be looked up:
the dollar comes from a variable then, and what a variable holds is not looked at again (RFC 5229, 3).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final
from unicodedata import category

from django.utils.translation import gettext as _

from vaguemestre.mailbox.sieve import ScriptName

NAME: Final = ScriptName("vaguemestre")
DAYS: Final = 7  # one answer in that time to the same sender
_DOLLAR = "${dollar}{"


@dataclass(frozen=True, slots=True)
class Absence:
    """`ends` is the first moment back."""

    starts: datetime
    ends: datetime
    text: str


@dataclass(frozen=True, slots=True)
class Redirected:
    target: str
    keep_copy: bool


@dataclass(frozen=True, slots=True)
class Choices:
    """All that the script is made from. `included`: the script of another program that stays in force."""

    absence: Absence | None = None
    redirection: Redirected | None = None
    included: str = ""

    @property
    def need_a_script(self) -> bool:
        return self.absence is not None or self.redirection is not None


def written(choices: Choices, *, sender: str, addresses: Sequence[str]) -> str:
    """`sender`: who answers, as From. `addresses`: every form this person is written to."""
    absence, redirection = choices.absence, choices.redirection
    parts = [
        "\n".join(_absence(absence, sender, addresses)) if absence else "",
        _redirection(redirection) if redirection else "",
        f"include :personal :optional {_string(choices.included)};" if choices.included else "",
    ]
    body = "\n\n".join(part for part in parts if part)
    needed = {
        *(("date", "relational", "vacation", "variables") if absence else ()),
        *(("variables",) if _DOLLAR in body else ()),
        *(("copy" if redirection.keep_copy else "envelope",) if redirection else ()),
        *(("include",) if choices.included else ()),
    }
    head = [_comment(_("Written by the settings of the webmail: what is changed here by hand will be lost."))]
    if needed:
        head.append(f"require [{', '.join(_string(name) for name in sorted(needed))}];")
    if _DOLLAR in body:
        head.append('set "dollar" "$";')
    return "\n".join(head) + "\n\n" + body + "\n"


def _absence(absence: Absence, sender: str, addresses: Sequence[str]) -> Iterator[str]:
    """The same handle for the whole absence: whoever was answered is not answered again when its text is mended.

    Dovecot itself answers neither lists nor automatic mail; what is junk never comes here."""
    yield _comment(_("Absence"))
    yield f'set "subject" {_string(_("Automatic answer"))};'
    yield 'if header :matches "Subject" "?*" {'
    yield f'  set "subject" {_string(_("Automatic answer: %s") % "@subject@").replace("@subject@", "${0}")};'
    yield "}"
    yield f'if allof (currentdate :zone "+0000" :value "ge" "iso8601" {_string(_moment(absence.starts))},'
    yield f'          currentdate :zone "+0000" :value "lt" "iso8601" {_string(_moment(absence.ends))}) {{'
    yield f"  vacation :days {DAYS} :handle {_string(f'absence {_moment(absence.starts)}')} :from {_string(sender)}"
    yield f"    :addresses [{', '.join(_string(address) for address in addresses)}]"
    yield f'    :subject "${{subject}}" {_lines(absence.text)}'
    yield "}"


def _redirection(redirection: Redirected) -> str:
    """Without a copy, what comes back undelivered stays here all the same: sent on, it would be lost without a word."""
    copy = ":copy " if redirection.keep_copy else ""
    lines = [_comment(_("Redirection")), f"redirect {copy}{_string(redirection.target)};"]
    if not redirection.keep_copy:
        lines += [_comment(_("Failures of delivery also stay here")), 'if envelope :is "from" "" { keep; }']
    return "\n".join(lines)


def _moment(when: datetime) -> str:
    """What comes after it in the server's own form (the zone) makes "ge" and "lt" true to the second."""
    return when.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S")


def _comment(words: str) -> str:
    return "# " + " ".join(words.split())


def _string(value: str) -> str:
    escaped = _plain(value).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped.replace("${", _DOLLAR)}"'


def _lines(value: str) -> str:
    """As a block, so that it can be read; a line that begins with a dot gets another, or it would end the block."""
    lines = _plain(value).replace("${", _DOLLAR).split("\n")
    return "text:\n" + "\n".join(f".{line}" if line.startswith(".") else line for line in lines) + "\n.\n;"


def _plain(value: str) -> str:
    """No sign that Sieve refuses or that a mail cannot carry; every kind of line end is one."""
    text = "\n".join(value.splitlines())
    return "".join(sign for sign in text if sign in "\n\t" or category(sign) not in {"Cc", "Cs"})
