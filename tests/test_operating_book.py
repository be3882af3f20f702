"""The operator's book: what leads on from it exists, and no alert and no finding is left without "what to do"."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
DOCS = ROOT / "docs"
BOOK = [DOCS / "operating.md", *sorted((DOCS / "operating").glob("*.md"))]
LINK = re.compile(r"\]\(([^)\s:]*?)(?:#([^)\s]*))?\)")
ALERT = re.compile(r"^ *- alert: (\w+)", re.MULTILINE)

every_page = pytest.mark.parametrize("page", BOOK, ids=lambda page: page.relative_to(DOCS).as_posix())


@every_page
def test_what_a_page_links_to_exists(page: Path) -> None:
    links = [(page.parent / place if place else page, heading) for place, heading in LINK.findall(page.read_text())]
    missing = [str(target) for target, _heading in links if not target.exists()]
    nowhere = [f"{target.name}#{heading}" for target, heading in links if heading and heading not in headings(target)]
    assert (missing, nowhere) == ([], [])


def test_the_first_page_leads_to_every_other() -> None:
    first = BOOK[0].read_text()
    assert not [page.name for page in BOOK[1:] if f"(operating/{page.name})" not in first]


def test_each_alert_has_a_row_that_says_what_to_do() -> None:
    alerts = [name for file in ROOT.glob("deploy/prometheus/*.yml") for name in ALERT.findall(file.read_text())]
    cells = re.findall(r"^\| (`[A-Z][^|]+`) \|", (DOCS / "operating" / "alarms.md").read_text(), re.MULTILINE)
    assert sorted(re.findall(r"\w+", " ".join(cells))) == sorted(alerts)


def headings(page: Path) -> set[str]:
    """As GitHub makes anchors of them."""
    titles = re.findall(r"^#+ (.+)$", page.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}
