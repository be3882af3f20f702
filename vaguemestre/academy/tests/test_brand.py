"""An authority's own name, logo and accent: what cannot be read is refused, with a colour that can."""

import re
from pathlib import Path

import pytest
from django.conf import settings

from vaguemestre.academy import colours
from vaguemestre.academy.facts import Brand, read_academy
from vaguemestre.academy.testing.facts import refused

TOKENS = (Path(settings.BASE_DIR) / "client/styles/tokens.css").read_text("utf-8")


def token(name: str, block: str) -> str:
    [found] = re.findall(rf"--{name}: (#[0-9a-f]{{6}});", block)
    return str(found)


def branded(amiens: str, lines: str) -> str:
    assert "[brand]\n" in amiens
    return amiens.replace("[brand]\n", f"[brand]\n{lines}\n", 1)


def test_without_a_brand_it_is_ours(tmp_path: Path, amiens: str) -> None:
    for text in (amiens, amiens.replace("[brand]\n", "", 1)):
        (tmp_path / "academy.toml").write_text(text, encoding="utf-8")
        brand = read_academy(tmp_path / "academy.toml").brand
        assert brand == Brand()
        assert (brand.name, brand.dressed) == ("Vaguemestre", False)


def test_an_own_one_is_read(tmp_path: Path, amiens: str) -> None:
    (tmp_path / "brand").mkdir()
    (tmp_path / "brand" / "logo.svg").touch()
    lines = 'name = "Messagerie"\nlogo = "brand/logo.svg"\naccent = "#1f5a3f"'
    (tmp_path / "academy.toml").write_text(branded(amiens, lines), encoding="utf-8")
    brand = read_academy(tmp_path / "academy.toml").brand
    assert (brand.name, brand.logo, brand.dressed) == ("Messagerie", "brand/logo.svg", True)
    assert brand.light.plain == "#1f5a3f"
    assert brand.dark.plain != brand.light.plain


@pytest.mark.parametrize(
    ("lines", "reason"),
    [
        ('accent = "#e3a000"', "in light mode, #e3a000 on #ffffff has a contrast of 2.3:1, at least 4.5:1 is"),
        ('accent = "#e3a000"', "is needed; #8d6300 would do"), ('accent = "#ffffff"', "contrast of 1.0:1"),
        ('accent = "#1f5a3f"\naccent_dark = "#1f5a3f"', "accent_dark: in dark mode, #1f5a3f on #12161c"),
        ('accent_dark = "#8fcfae"', "accent_dark without accent"),
        ('accent = "vert"', "brand.accent - "), ('accent = "#FFF"', "brand.accent - "),
        ('logo = "/etc/passwd"', "brand.logo - "), ('logo = "brand/../secret.svg"', "brand.logo - "),
        ('logo = "brand/logo.gif"', "brand.logo - "),
        ('logo = "brand/logo.svg"', "brand.logo - there is no file brand/logo.svg"),
        ('name = ""', "brand.name - "), ('colour = "red"', "brand.colour - Extra inputs"),
    ],
)  # fmt: skip
def test_a_wrong_one_is_refused_with_its_reason(tmp_path: Path, amiens: str, lines: str, reason: str) -> None:
    assert reason in refused(tmp_path, branded(amiens, lines))


@pytest.mark.parametrize("accent", ["#e3a000", "#ffffff", "#ff5a5f", "#00a0e0", "#7fba00"])
def test_the_colour_that_is_named_instead_can_be_read(accent: str) -> None:
    assert colours.faults(colours.light(accent), colours.LIGHT)
    found = colours.readable(accent)
    assert Brand(accent=found).light.plain == found


@pytest.mark.parametrize("accent", ["#2b4a6b", "#000000", "#6a0f49", "#0063cb", "#5a4a00", "#c2185b"])
def test_an_accent_of_the_light_can_be_read_in_the_dark(accent: str) -> None:
    assert colours.faults(colours.dark(accent), colours.DARK) == []


def test_contrast_is_that_of_the_standard() -> None:
    assert colours.contrast("#000000", "#ffffff") == pytest.approx(21)
    assert colours.contrast("#777777", "#ffffff") == pytest.approx(4.478, abs=0.001)
    assert colours.contrast("#ffffff", "#777777") == colours.contrast("#777777", "#ffffff")


def test_surfaces_and_inks_are_those_of_the_pages() -> None:
    light, dark = TOKENS.split("@media (prefers-color-scheme: dark)", 1)
    assert colours.LIGHT.surfaces == tuple(token(name, light) for name in ("sheet", "pane", "ground"))
    assert token("wash", light) == token("ground", light)
    dark = dark.split("}", 1)[0]
    names = ("ground", "pane", "sheet", "sheet-raised", "wash")
    assert colours.DARK.surfaces == tuple(token(name, dark) for name in names)
    for scheme, block in ((colours.LIGHT, light), (colours.DARK, dark)):
        assert scheme.inks == (token("ink", block), token("ink-soft", block))
        assert scheme.on_colour == token("on-colour", block)
        own = colours.Tones(*(token(name, block) for name in ("slate", "slate-strong", "slate-wash")))
        assert colours.faults(own, scheme) == []
