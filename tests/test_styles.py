"""The stylesheet is read by everybody on every first visit: it carries nothing that no page wears."""

import re
from pathlib import Path

import pytest

HOUSE = Path(__file__).parent.parent
STYLES = sorted((HOUSE / "client" / "styles").glob("**/*.css"))
ASSETS = HOUSE / "build" / "assets"
# Bytes, minified; a fifth of it on the wire. What a first visit to the mail does not show wears a sheet of its own: a
# letter, a file or the keys over the mail, the settings, the other rooms.
LIMITS = {
    "app.css": 27_000, "webmail.css": 58_000, "writing.css": 18_900, "overlays.css": 6_500, "rooms.css": 22_500,
    "settings.css": 10_000, "contacts.css": 6_000, "shared.css": 3_000, "circulars.css": 700,
}  # fmt: skip
WORN_BY = (
    "vaguemestre/**/templates/**/*.html",
    "vaguemestre/**/*.py",
    "client/*.ts",
    "client/behaviours/**/*.ts",
    "client/editor/*.ts",
)
# Set by what the page does, not by us.
FROM_ELSEWHERE = {"htmx-request"}


def test_no_class_that_no_page_wears() -> None:
    sources = [path for pattern in WORN_BY for path in HOUSE.glob(pattern)]
    worn = {word for path in sources for word in _quoted_words(path)} | FROM_ELSEWHERE
    beginnings = tuple({beginning for path in sources for beginning in _composed(path)})
    idle = {path.name: sorted(c for c in _classes(path) - worn if not c.startswith(beginnings)) for path in STYLES}
    assert not {name: classes for name, classes in idle.items() if classes}


@pytest.mark.parametrize("path", STYLES, ids=lambda path: path.name)
def test_colours_and_shadows_are_named_in_one_place(path: Path) -> None:
    if path.name != "tokens.css":
        text = re.sub(r"drop-shadow\([^)]*\)+|/\*.*?\*/", "", path.read_text("utf-8"), flags=re.DOTALL)
        assert not re.search(r"#[0-9a-fA-F]{3,8}\b|\brgba?\(|\bhsl", text)


@pytest.mark.skipif(not ASSETS.exists(), reason="needs the built assets")
@pytest.mark.parametrize("name", LIMITS)
def test_it_stays_small(name: str) -> None:
    assert (ASSETS / name).stat().st_size <= LIMITS[name]


def _classes(path: Path) -> set[str]:
    text = re.sub(r"/\*.*?\*/|url\([^)]*\)|\"[^\"]*\"", "", path.read_text("utf-8"), flags=re.DOTALL)
    return set(re.findall(r"\.([a-zA-Z][\w-]*)", text))


def _quoted_words(path: Path) -> set[str]:
    """What stands in quotes: a class attribute, or a text of the code that becomes one."""
    quoted = " ".join(re.findall(r"\"[^\"]*\"|'[^']*'|`[^`]*`", path.read_text("utf-8")))
    return set(re.findall(r"[a-zA-Z][\w-]*", quoted))


def _composed(path: Path) -> set[str]:
    """The beginning of a class whose end is a value: `notice-{tone}`."""
    return set(re.findall(r"([a-z][a-z-]*-)\{", path.read_text("utf-8")))
