"""A catalogue that is read again changes where a text has changed, and nowhere else."""

from pathlib import Path

from tools import messages
from tools.catalogues import CATALOGUE
from tools.messages import in_order

HEAD = 'msgid ""\nmsgstr ""\n"POT-Creation-Date: %s\\n"\n'


def entry(english: str, french: str = "") -> str:
    return f'\nmsgid "{english}"\nmsgstr "{french}"\n'


def catalogue(*entries: str, at: str = "2026") -> str:
    return HEAD % at + "".join(entries)


def test_what_is_there_keeps_its_place_and_its_lines() -> None:
    folded = '\nmsgid ""\n"One "\n"more"\nmsgstr "Un de plus"\n'
    before = catalogue(entry("Two", "Deux"), folded, entry("Three", "Trois"))
    read = catalogue(entry("One more", "Un de plus"), entry("Two", "Deux"), entry("Three", "Trois"), at="2027")
    assert in_order(before, read) == before
    assert in_order(before, before) == before


def test_a_new_text_stands_after_its_neighbour_in_the_source() -> None:
    before = catalogue(entry("Two", "Deux"), entry("One", "Un"))
    read = catalogue(entry("First"), entry("One", "Un"), entry("New"), entry("Newer"), entry("Two", "Deux"))
    assert in_order(before, read) == catalogue(
        entry("First"), entry("Two", "Deux"), entry("One", "Un"), entry("New"), entry("Newer")
    )


def test_what_is_said_no_more_goes_and_a_mark_is_news() -> None:
    before = catalogue(entry("One", "Un"), entry("%d gone", "%d partis"), entry("Two", "Deux"))
    marked = "\n#, python-format" + entry("%d gone", "%d partis")
    assert in_order(before, catalogue(entry("Two", "Deux"), marked, '\n#~ msgid "One"\n#~ msgstr "Un"\n')) == catalogue(
        marked, entry("Two", "Deux")
    )


def test_a_context_is_another_text() -> None:
    before = catalogue(entry("Close", "Fermer"))
    near = '\nmsgctxt "near"\nmsgid "Close"\nmsgstr "Proche"\n'
    assert in_order(before, catalogue(near, entry("Close", "Fermer"))) == catalogue(near, entry("Close", "Fermer"))


def test_a_first_catalogue_is_taken_as_it_comes() -> None:
    assert in_order("", catalogue(entry("One"))) == catalogue(entry("One"))


def test_a_room_read_twice_is_as_after_the_first_time(tmp_path: Path) -> None:
    """By the real tool."""
    (tmp_path / "words.py").write_text('_("One")\n_("Two")\n_("Three")\n')
    file = tmp_path / CATALOGUE
    file.parent.mkdir(parents=True)
    file.write_text(catalogue(entry("Three", "Trois"), entry("One", "Un"), entry("Gone", "Parti")))
    assert messages.read_into(tmp_path) == ["Two"]
    once = file.read_text()
    assert [line for line in once.splitlines() if line.startswith("msgid")][1:] == [
        'msgid "Three"', 'msgid "One"', 'msgid "Two"',
    ]  # fmt: skip
    messages.read_into(tmp_path)
    assert file.read_text() == once
