"""How an authority dresses the product (`[brand]` of academy.toml): a style sheet, a logo and icons among the static
files. Written once, by `bin/setup`; without a brand there is none of it. Why so: `docs/decisions/branding.md`."""

from collections.abc import Iterator
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.storage import staticfiles_storage

from vaguemestre.academy.colours import Tones
from vaguemestre.academy.facts import Brand, academy
from vaguemestre.web import logo_sanitizer

FOLDER = "brand"
SHEET = f"{FOLDER}/brand.css"
ICONS = {"192": (192, 0.06), "512": (512, 0.06), "maskable": (512, 0.2)}  # side, and what is left free around the logo
_LOGO = "img.logo{flex:none;width:auto;max-width:9rem;object-fit:contain}.folders img.logo{max-width:5rem}"
# Before signing in it stands where the seal does, on white as on paper.
_CREST = (
    ".outside .envelope .flap img.logo{position:absolute;left:50%;bottom:0;box-sizing:border-box;max-width:12rem;"
    "height:3.75rem;padding:.5rem .75rem;border-radius:.5rem;background:#fff;box-shadow:var(--shadow);translate:-50% 0}"
)
_NAME = ".brand b{text-wrap:balance}"  # may be long
_PLATE = "img.logo{padding:2px;border-radius:4px;background:#fff}"  # drawn for white paper, in the dark as well


def write(assets: Path) -> list[Path]:
    """Raises `logo_sanitizer.DrawingRefusedError`. What an earlier brand left is taken away."""
    brand, folder = academy().brand, assets / FOLDER
    files = list(_files(brand)) if brand.dressed else []
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.iterdir():
        old.unlink()
    return [_put(assets / name, octets) for name, octets in files]


def logo() -> tuple[bytes, str] | None:
    """Its bytes, made harmless, and how its name ends; None for the product's own."""
    name = academy().brand.logo
    if not name:
        return None
    path = Path(settings.ACADEMY_FILE).parent / name
    return logo_sanitizer.read_logo(path), path.suffix


def logo_url() -> str:
    name = academy().brand.logo
    return staticfiles_storage.url(f"{FOLDER}/logo{Path(name).suffix}" if name else "logo.svg")


def icon_url(name: str) -> str:
    """`192`, `512` or `maskable`."""
    return staticfiles_storage.url(f"{FOLDER if academy().brand.logo else 'icons'}/{name}.png")


def _files(brand: Brand) -> Iterator[tuple[str, bytes]]:
    yield SHEET, brand_style(brand).encode()
    if found := logo():
        octets, suffix = found
        yield f"{FOLDER}/logo{suffix}", octets
        for name, (side, margin) in ICONS.items():
            yield f"{FOLDER}/{name}.png", logo_sanitizer.draw_icon(octets, suffix, side, margin=margin)


def brand_style(brand: Brand) -> str:
    """Tokens of `client/styles/tokens.css` given again, for light, for a system that is dark and for who chose dark."""
    light, dark = "", ""
    if brand.accent:
        light, dark = _tokens(brand.light), _tokens(brand.dark)
    plate = _PLATE if brand.logo else ""
    chosen = ":root[data-theme=dark]"
    return "\n".join(
        [
            _rule(":root", light) + _NAME + (_LOGO + _CREST if brand.logo else ""),
            f"@media(prefers-color-scheme:dark){{{_rule(':root:not([data-theme=light])', dark)}"
            f"{_within(':root:not([data-theme=light])', plate)}}}",
            _rule(chosen, dark) + _within(chosen, plate),
        ]
    )


def _tokens(tones: Tones) -> str:
    return f"--slate:{tones.plain};--slate-strong:{tones.strong};--slate-wash:{tones.wash}"


def _rule(selector: str, declared: str) -> str:
    return f"{selector}{{{declared}}}" if declared else ""


def _within(selector: str, rule: str) -> str:
    return f"{selector} {rule}" if rule else ""


def _put(path: Path, octets: bytes) -> Path:
    path.write_bytes(octets)
    return path
