"""Letters wear the authority's own accent and logo, and stay one page each."""

import io
from pathlib import Path

import pypdf
import pytest
from PIL import Image
from pytest_django import Settings

from vaguemestre.academy import facts
from vaguemestre.academy.facts import Brand
from vaguemestre.letters import letterhead
from vaguemestre.letters.testing.printing import print_one, sealed, words
from vaguemestre.letters.tests.cast import joiner
from vaguemestre.web import branding

pytestmark = pytest.mark.django_db
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 60 4"><path d="M0 0h60v4z" fill="#1f5a3f"/></svg>'


def png() -> bytes:
    kept = io.BytesIO()
    Image.new("RGB", (60, 40), "#1f5a3f").save(kept, "PNG")
    return kept.getvalue()


@pytest.mark.parametrize(("name", "octets"), [("logo.svg", SVG), ("logo.png", png())])
def test_a_letter_wears_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, settings: Settings, name: str, octets: bytes
) -> None:
    own = facts.academy().model_copy(update={"brand": Brand(name="Messagerie", logo=f"brand/{name}", accent="#1f5a3f")})
    for module in (letterhead, branding):
        monkeypatch.setattr(module, "academy", lambda: own)
    settings.ACADEMY_FILE = tmp_path / "academy.toml"
    (tmp_path / "brand").mkdir()
    (tmp_path / "brand" / name).write_bytes(octets)
    sealed(joiner("Lili", "Hocquet"))
    path = print_one(tmp_path).path
    pages = pypdf.PdfReader(path).pages
    assert len(pages) == 1
    drawn = pages[0].get_contents()
    assert drawn is not None
    assert b"0.12156863 0.3529412 0.24705882" in drawn.get_data()  # of rules and headings
    assert bool(pages[0].images) is (name == "logo.png")
    assert [word for word in words(path) if word.text == "Hocquet" and word.within(110, 45, 210, 90)]
