"""Every sentence of the interface has its French: texts are extracted again beside the source and compared.

The French is typeset as such: a no-break space before a colon and inside guillemets, a narrow one before other signs.
"""

import ast
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from vaguemestre.launcher.checkout import CHECKOUT

CATALOGUE = Path("locale") / "fr" / "LC_MESSAGES" / "django.po"
APART = "launcher"  # it speaks before Django does, from its own catalogue alone
# A colon may belong to what is typed: "objet:", "est:lu".
_BADLY_SPACED = re.compile(r"[ \u202f][:»]|[^\u202f][;?!](?=[ \u00a0\n)]|$)|[^\u00a0]»|«[^\u00a0]")

# What a name begins with decides between "de" and "d’": `french_words.possessive` knows it, or the sentence does
# without.
_NAMES = "name|names|who|whose|address|domain|host|identifier|sender|giver|person|application|office|shown|true"
_UNELIDED = re.compile(rf"\b(?:[dD]e|[qQ]ue|jusque|lorsque|puisque) (?:%\((?:{_NAMES})\)s|\{{(?:{_NAMES})\}})")
# "1 mutations": a count has two forms (ngettext), or stands after a colon. What counts up to a limit is never one.
_COUNTS = "count|done|sent|ready|lines|letters|people|closures|steps|posts|stuck|waiting"
_OF_MANY = re.compile(rf"(?:%\((?:{_COUNTS})\)[sd]|\{{(?:{_COUNTS})\}}) [a-zéèàêâôîç]+s\b")
_NEVER_ONE = re.compile(r"au plus|au moins|Au moins")


def wrong() -> list[str]:
    with tempfile.TemporaryDirectory(prefix="vaguemestre-words-") as place:
        copy = Path(place) / "vaguemestre"
        shutil.copytree(CHECKOUT / "vaguemestre", copy, ignore=shutil.ignore_patterns("__pycache__", "*.mo", "tests"))
        rooms = [room for room in sorted(copy.iterdir()) if (room / "__init__.py").exists()]
        kept = {room.name: room / CATALOGUE for room in rooms if room.name != APART and (room / CATALOGUE).exists()}
        clashes = contradicting({name: file.read_text(encoding="utf-8") for name, file in kept.items()})
        had_one = {room for room in rooms if (room / CATALOGUE).exists()}
        for room in rooms:
            (room / "locale").mkdir(exist_ok=True)
        extract(rooms)
        return [*clashes, *(line for room in rooms for line in _faults(room, had_one=room in had_one))]


def _faults(room: Path, *, had_one: bool) -> list[str]:
    file = room / CATALOGUE
    if not file.exists():
        return []
    if not had_one:
        return [f"{room.name}: no French catalogue, and it has texts: {file.read_text().count('msgid') - 1}"]
    catalogue = file.read_text(encoding="utf-8")
    faults = [*missing(catalogue), *badly_spaced(catalogue), *unelided(catalogue), *of_one_alone(catalogue)]
    return [f"{room.name}: {one}" for one in (*faults, *(f"said nowhere: {text}" for text in left_over(catalogue)))]


def extract(rooms: Sequence[Path]) -> None:
    environment = {name: value for name, value in os.environ.items() if name != "VAGUEMESTRE_DATA"}
    environment["PYTHONPATH"] = str(CHECKOUT)
    subprocess.run(
        [sys.executable, "-P", "-m", "tools.extraction", *map(str, rooms)],
        env=environment, check=True, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
    )  # fmt: skip


def missing(catalogue: str) -> list[str]:
    """The texts whose French is absent or only guessed. Those no longer used begin with `#~` and do not count."""
    found = []
    for entry in re.split(r"\n\s*\n", catalogue)[1:]:
        lines = entry.splitlines()
        if _is_no_more(lines):
            continue
        if any(line.startswith("#,") and "fuzzy" in line for line in lines) or _has_empty_translation(lines):
            found.append(_original(lines))
    return found


def left_over(catalogue: str) -> list[str]:
    """The texts that nothing says any more, or that are said by a name that is not looked for: `bin/messages` would
    take them out."""
    entries = (entry.splitlines() for entry in re.split(r"\n\s*\n", catalogue)[1:])
    return [_original([line.removeprefix("#~ ") for line in lines]) for lines in entries if _is_no_more(lines)]


def contradicting(catalogues: dict[str, str]) -> list[str]:
    """Texts that two rooms have in two ways: every page would show the first room's. A context tells them apart."""
    ways: dict[str, dict[str, str]] = {}
    for room, catalogue in catalogues.items():
        for original, french in _pairs(catalogue):
            ways.setdefault(original, {}).setdefault(french, room)
    return [
        f"{' and '.join(rooms.values())} say it differently: {original}"
        for original, rooms in ways.items()
        if len(rooms) > 1
    ]


def _pairs(catalogue: str) -> Iterator[tuple[str, str]]:
    for entry in re.split(r"\n\s*\n", catalogue)[1:]:
        lines = [line for line in entry.splitlines() if not line.startswith("#")]
        start = next((number for number, line in enumerate(lines) if line.startswith("msgstr")), None)
        if start:
            yield words(lines[:start]), words(lines[start:])


def words(lines: list[str]) -> str:
    return re.sub(r'"\s+"', "", " ".join(lines))


def badly_spaced(catalogue: str) -> list[str]:
    """French sentences in which a sign could begin a line, or stands too near or too far."""
    return [said for said in _translations(catalogue) if _BADLY_SPACED.search(said)]


def unelided(catalogue: str) -> list[str]:
    """French sentences that would say "de Ophélie"."""
    return [said for said in _translations(catalogue) if _UNELIDED.search(said)]


def of_one_alone(catalogue: str) -> list[str]:
    """French sentences that would say "1 lignes", but for those whose one has an English of its own (the entry before
    begins with "1" or "One")."""
    entries = [entry for entry in re.split(r"\n\s*\n", catalogue)[1:] if not _is_no_more(entry.splitlines())]
    return [
        said
        for before, entry in zip(["", *entries], entries, strict=False)
        if "\nmsgid_plural" not in entry and not re.search(r'^msgid "(?:1|One)\b', before, re.MULTILINE)
        for said in _translations(f"\n\n{entry}")
        if _OF_MANY.search(said) and not _NEVER_ONE.search(said)
    ]


def _translations(catalogue: str) -> Iterator[str]:
    for entry in re.split(r"\n\s*\n", catalogue)[1:]:
        for said in re.findall(r'^msgstr(?:\[\d\])? ((?:".*"\n?)+)', entry, re.MULTILINE):
            yield "".join(ast.literal_eval(line) for line in said.splitlines())


def _is_no_more(lines: list[str]) -> bool:
    return any(line.startswith("#~") for line in lines)


def _has_empty_translation(lines: list[str]) -> bool:
    """`msgstr ""` with no line of text after it."""
    for line, following in zip(lines, [*lines[1:], ""], strict=True):
        if re.fullmatch(r'msgstr(\[\d\])? ""', line) and not following.startswith('"'):
            return True
    return False


def _original(lines: list[str]) -> str:
    start = next((number for number, line in enumerate(lines) if line.startswith("msgid ")), 0)
    text = [lines[start].removeprefix("msgid ")]
    for line in lines[start + 1 :]:
        if not line.startswith('"'):
            break
        text.append(line)
    return "".join(part.strip('"') for part in text) or "(empty)"
