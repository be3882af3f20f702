"""The authority's dress: its files, what the pages show of it, and what a drawing may not bring along."""

import io
from collections.abc import Callable
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.template import Context, Template
from django.test import Client
from django.urls import reverse
from PIL import Image, PngImagePlugin
from pytest_django import Settings

from vaguemestre.academy import facts
from vaguemestre.academy.facts import Brand
from vaguemestre.letters import letterhead
from vaguemestre.web import branding, context, logo_sanitizer
from vaguemestre.web.templatetags import web

DRAWN = '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" {}>{}</svg>'
PATH = '<path d="M0 0h2v1z" fill="#1f5a3f"/>'
Dressed = Callable[..., Path]


@pytest.fixture
def dressed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, settings: Settings) -> Dressed:
    """The authority wears this brand; the folder of its academy.toml."""
    (tmp_path / "brand").mkdir()

    def wear(**brand: str) -> Path:
        found = facts.academy().model_copy(update={"brand": Brand(**brand)})
        for module in (branding, context, web, letterhead):
            monkeypatch.setattr(module, "academy", lambda: found)
        settings.ACADEMY_FILE = tmp_path / "academy.toml"
        return tmp_path

    return wear


def picture(size: tuple[int, int] = (40, 20), said: str = "") -> bytes:
    told = PngImagePlugin.PngInfo()
    told.add_text("Comment", said)
    kept = io.BytesIO()
    Image.new("RGB", size, "#1f5a3f").save(kept, "PNG", pnginfo=told)
    return kept.getvalue()


def test_without_a_brand_nothing_is_written_and_nothing_asked(tmp_path: Path, client: Client, db: None) -> None:
    (tmp_path / "brand").mkdir()
    (tmp_path / "brand" / "old.css").touch()
    assert branding.write(tmp_path) == []
    assert list((tmp_path / "brand").iterdir()) == []
    html = client.get("/bv/aide/").content.decode()
    assert "brand.css" not in html
    assert "<b>Vaguemestre</b>" in html
    assert "| Vaguemestre, Académie d’Amiens</title>" in html


def test_an_svg_and_an_accent(dressed: Dressed, client: Client, db: None, tmp_path: Path) -> None:
    home = dressed(name="Messagerie", logo="brand/logo.svg", accent="#1f5a3f")
    (home / "brand" / "logo.svg").write_text(DRAWN.format('viewBox="0 0 2 1" onload="x()"', PATH))
    out = tmp_path / "assets"
    out.mkdir()
    assert [path.name for path in branding.write(out)] == [
        "brand.css",
        "logo.svg",
        "192.png",
        "512.png",
        "maskable.png",
    ]
    assert b"onload" not in (out / "brand" / "logo.svg").read_bytes()
    for name, (side, _margin) in branding.ICONS.items():
        with Image.open(out / "brand" / f"{name}.png") as icon:
            assert icon.size == (side, side)
            assert icon.getpixel((0, 0)) == (255, 255, 255)
            assert icon.getpixel((side // 2 + side // 10, side // 2 - side // 10)) == (0x1F, 0x5A, 0x3F)
    style = (out / "brand" / "brand.css").read_text()
    assert style.startswith(":root{--slate:#1f5a3f;--slate-strong:")
    assert style.count("--slate-wash:") == 3
    assert style.count("{") == style.count("}")

    html = client.get("/bv/aide/").content.decode()
    assert "brand/brand" in html
    assert "<b>Messagerie</b>" in html
    assert "Vaguemestre" not in html
    flap = client.get(reverse("accounts:signin")).content.decode().split('class="flap"')[1].split("</div>")[0]
    assert '<img class="logo"' in flap
    assert "#seal" not in flap
    assert Template("{% logo %}").render(Context()).startswith('<img class="logo" src="/static/brand/logo')
    assert "/static/brand/192" in Template('{% icon_url "192" %}').render(Context())


def test_a_png_is_painted_anew(dressed: Dressed, tmp_path: Path) -> None:
    home = dressed(logo="brand/logo.png")
    (home / "brand" / "logo.png").write_bytes(picture(said="secret"))
    out = tmp_path / "assets"
    out.mkdir()
    assert len(branding.write(out)) == 5
    assert b"secret" not in (out / "brand" / "logo.png").read_bytes()
    assert "--slate" not in (out / "brand" / "brand.css").read_text()
    assert letterhead.letterhead()["format"] == "png"
    assert letterhead.letterhead()["accent"] == letterhead.SLATE


@pytest.mark.parametrize(
    ("octets", "reason"),
    [
        (b"GIF89a", "not an SVG"), (b"<html/>", "first element"),
        (DRAWN.format('viewBox="0 0 1 1"', '<image href="data:image/png;base64,"/>').encode(), "bring that as a PNG"),
        (DRAWN.format("", PATH).encode(), "neither viewBox nor width"),
        (b'<!DOCTYPE svg [<!ENTITY a "b">]>' + DRAWN.format('viewBox="0 0 1 1"', PATH).encode(), "entities"),
        (b" " * (logo_sanitizer.LARGEST + 1), "more than 200 KB"),
    ],
)  # fmt: skip
def test_what_is_no_logo_is_refused_with_its_reason(dressed: Dressed, octets: bytes, reason: str) -> None:
    home = dressed(logo="brand/logo.svg")
    (home / "brand" / "logo.svg").write_bytes(octets)
    with pytest.raises(CommandError, match=reason):
        call_command("brand", home / "assets", verbosity=0)


@pytest.mark.parametrize("octets", [b"", b"\x89PNG\r\n\x1a\n", picture()[:60], b"<svg/>"])
def test_what_is_no_png_is_refused(octets: bytes) -> None:
    with pytest.raises(logo_sanitizer.DrawingRefusedError):
        logo_sanitizer.clean_png(octets)


def test_a_picture_too_large_is_refused() -> None:
    with pytest.raises(logo_sanitizer.DrawingRefusedError, match="4096"):
        logo_sanitizer.clean_png(picture((logo_sanitizer.WIDEST + 1, 1)))


@pytest.mark.parametrize(
    "hostile",
    [
        "<script>x()</script>", '<path d="M0 0" onclick="x()"/>', '<a href="javascript:x()"><path d="M0 0"/></a>',
        '<foreignObject><body xmlns="http://www.w3.org/1999/xhtml"/></foreignObject>',
        '<use href="https://evil.example/x.svg#a"/>', '<use xlink:href="data:image/svg+xml,x"/>',
        '<image href="https://evil.example/x.png"/>', '<set attributeName="href" to="javascript:x()"/>',
        '<animate attributeName="d" values="x"/>', "<style>@import 'https://evil.example/x.css';</style>",
        "<style>path{fill:url(https://evil.example/x)}</style>", '<path style="fill:url(//evil.example)" d="M0 0"/>',
        '<path fill="url(https://evil.example#a)" d="M0 0"/>', r"<style>a{b:u\72l(//evil.example)}</style>",
        '<path filter="url(#a)" d="M0 0"/>', "<iframe src='//evil.example'/>",
        "<?xml-stylesheet href='//evil.example'?>",
    ],
)  # fmt: skip
def test_what_runs_fetches_moves_or_leads_elsewhere_is_left_out(hostile: str) -> None:
    kept = logo_sanitizer.clean_svg(DRAWN.format('viewBox="0 0 2 1"', PATH + hostile).encode()).decode()
    assert 'd="M0 0h2v1z"' in kept
    for word in (
        "evil",
        "script",
        "onclick",
        "import",
        "animate",
        "<set",
        "foreignObject",
        "data:",
        "filter",
        "stylesheet",
    ):
        assert word not in kept


def test_what_draws_stays() -> None:
    drawn = (
        '<defs><linearGradient id="g"><stop offset="0" stop-color="#fff"/></linearGradient></defs>'
        '<style>.a{fill:#c00;stroke-width:2}</style><path class="a" d="M0 0h1"/>'
        '<rect fill="url(#g)" width="1" height="1"/><use xlink:href="#g"/>'
    )
    kept = logo_sanitizer.clean_svg(DRAWN.format('width="20px" height="10"', drawn).encode()).decode()
    for word in ('viewBox="0 0 20 10"', ".a{fill:#c00;stroke-width:2}", 'fill="url(#g)"', 'href="#g"', "stop-color"):
        assert word in kept
