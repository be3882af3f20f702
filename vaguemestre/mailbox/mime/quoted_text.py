"""Where somebody's own words end and those of earlier messages begin, in the forms of French and English programs.

Nothing is ever lost by a wrong guess: what is taken for a quotation is folded, one press away.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Literal

RUN_LIMIT = 400  # more changes between quoted and not than any person writes: shown as it is
LONG_SIGNATURE = 6  # lines
LONG_QUOTE = 15  # lines, above an answer that one would have to look for
_SIGNATURE_LIMIT = 30
_ATTRIBUTION_LINES = 3
_HEADER_LINES = 8

_WROTE = r"(?:a écrit|écrivait|écrit|wrote|writes|schrieb|ha scritto|escribió)"
# "Le mar. 3 mai 2026 à 10:12, Karim Belkacem <k@x.fr> a écrit :", "Karim Belkacem a écrit :", "On 3 May, K. wrote:"
_ATTRIBUTION = re.compile(
    rf"(?is)(?:(?:le|on|am|il|el|en date de)\b.{{4,400}}|\S.{{0,200}})\b{_WROTE}\s*:?"
    r"|am\b.{4,300}\bschrieb\b[^:]{1,200}:"
)
_DATED = re.compile(r"(?i)(?:le|on|am|il|el)\b[^\n]{0,80}\d")
_FORWARDED = re.compile(
    r"(?i)\W{0,12}(?:message (?:transféré|transmis|réexpédié)|courriel transféré|forwarded message|"
    r"début du message (?:transféré|réexpédié)|begin forwarded message|weitergeleitete nachricht)\b"
)
_ORIGINAL = re.compile(
    r"(?i)[-_ ]{2,}+\s*+(?:message d['’]origine|message original|original message|message initial|mail original|"
    r"courriel original|ursprüngliche nachricht)\s*[-_ ]{2,}"
)
_RULE = re.compile(r"_{20,}|-{30,}")
_FROM = re.compile(r"(?i)[*\s]*(?:de|from|von|expéditeur)[*\s]*:[*\s]*\S")
_BESIDE = re.compile(r"(?i)[*\s]*(?:envoyé(?: le)?|date|sent|gesendet|à|to|an|cc|copie à|objet|subject|betreff)[*\s]*:")


@dataclass(frozen=True, slots=True)
class Passage:
    """`folded`: not needed to understand the rest. A quotation's marks (`>`) are one fewer than in the message."""

    kind: Literal["text", "quote", "signature"]
    text: str
    folded: bool = False

    @property
    def lines(self) -> int:
        return self.text.count("\n") + 1


def split_passages(text: str, *, forwarded: bool = False) -> list[Passage]:
    """In their order. `forwarded`: what is handed on is the message itself, whatever its form."""
    lines = text.replace("\r\n", "\n").rstrip().split("\n")
    start = len(lines) if forwarded else find_earlier_message(lines)
    found = _runs(lines[:start])
    if start < len(lines):
        found.append(Passage("quote", "\n".join(lines[start:])))
    if len(found) > RUN_LIMIT:
        return [Passage("text", text)]
    found = [part for run in _with_attributions(found) for part in _without_signature(run) if part.text.strip()]
    return found if forwarded else _folded(found)


def find_earlier_message(lines: Sequence[str]) -> int:
    """The line where a whole earlier message begins without any `>`; the number of lines when none does."""
    last_quoted = max((place for place, line in enumerate(lines) if line.startswith(">")), default=-1)
    for place, line in enumerate(lines):
        if line.startswith(">") or not line.strip():
            continue
        if _FORWARDED.match(line):
            return len(lines)
        following = lines[place : place + _HEADER_LINES]
        if _ORIGINAL.match(line) or (_RULE.fullmatch(line.strip()) and any(map(is_head, _tails(following)))):
            return place
        if is_head(following):
            return place
        if place > last_quoted and _DATED.match(line) and _announces(following):
            return place
    return len(lines)


def is_attribution(text: str) -> bool:
    """ "Le 3 mai, Karim a écrit :"."""
    return bool(_ATTRIBUTION.fullmatch(" ".join(text.split())[:700]))


def is_forwarded(text: str) -> bool:
    return bool(_FORWARDED.match(text.lstrip()))


def is_head(lines: Sequence[str]) -> bool:
    """`De :` and at least two of the lines that stand under it in an earlier message."""
    return bool(lines) and bool(_FROM.match(lines[0])) and sum(bool(_BESIDE.match(line)) for line in lines[1:]) >= 2


def _announces(lines: Sequence[str]) -> bool:
    """An attribution alone on its lines, exact enough to be a program's: prose also says that somebody wrote."""
    for count in range(1, _ATTRIBUTION_LINES + 1):
        said = " ".join(lines[:count])
        if is_attribution(said):
            return said.rstrip().endswith(":") and bool(re.search(r"@|\d{1,2}\s?[:h]\s?\d{2}", said))
    return False


def _tails(lines: Sequence[str]) -> list[Sequence[str]]:
    return [lines[place:] for place in range(1, min(4, len(lines)))]


def _runs(lines: Sequence[str]) -> list[Passage]:
    runs = []
    for quoted, group in groupby(lines, lambda line: line.startswith(">")):
        run = "\n".join(re.sub(r"^>\s?", "", line) if quoted else line for line in group).strip("\n")
        if run.strip():
            runs.append(Passage("quote" if quoted else "text", run))
    return runs


def _with_attributions(runs: list[Passage]) -> list[Passage]:
    """The line that says who wrote what follows goes with it."""
    found: list[Passage] = []
    for run in runs:
        if run.kind == "quote" and found and found[-1].kind == "text":
            before, line = _cut_attribution(found[-1].text)
            if line:
                found[-1] = Passage("text", before)
                run = Passage("quote", f"{line}\n{run.text}")
        found.append(run)
    return found


def _cut_attribution(text: str) -> tuple[str, str]:
    lines = text.rstrip().split("\n")
    for count in range(1, min(_ATTRIBUTION_LINES, len(lines)) + 1):
        last = lines[-count:]
        if not last[0].strip():
            break
        # Of one line as of three: the longest that still is one, when the line above is cut inside.
        if is_attribution(" ".join(last)) and (count == len(lines) or not _goes_on(lines[-count - 1], last)):
            return "\n".join(lines[:-count]).rstrip(), "\n".join(last)
    return text, ""


def _goes_on(above: str, last: Sequence[str]) -> bool:
    """The line above begins what the last lines end: "Le mar. 3 mai 2026 à 10:12," / "Karim a écrit :"."""
    return bool(_DATED.match(above)) and not _DATED.match(last[0])


def _without_signature(run: Passage) -> list[Passage]:
    if run.kind != "text":
        return [run]
    lines = run.text.split("\n")
    places = [place for place, line in enumerate(lines) if line in {"-- ", "--"}]
    if not places or len(lines) - places[-1] - 1 > _SIGNATURE_LIMIT:
        return [run]
    head, tail = "\n".join(lines[: places[-1]]), "\n".join(lines[places[-1] + 1 :]).strip("\n")
    signature = Passage("signature", tail)
    return [Passage("text", head), replace(signature, folded=signature.lines > LONG_SIGNATURE)]


def _folded(found: list[Passage]) -> list[Passage]:
    """The last quotation, when only a signature comes after it; a long one above the only answer. The others are
    answered line by line, and needed to be understood. Nothing when the message has no word of its own."""
    texts = [place for place, part in enumerate(found) if part.kind == "text"]
    quotes = [place for place, part in enumerate(found) if part.kind == "quote"]
    if not texts or not quotes:
        return found
    last = quotes[-1]
    above = len(quotes) == 1 and last < texts[0] and found[last].lines > LONG_QUOTE
    if last < texts[-1] and not above:
        return found
    return [replace(part, folded=True) if place == last else part for place, part in enumerate(found)]
