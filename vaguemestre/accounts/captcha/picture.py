"""The picture: distorted digits, strokes and dots, in two inks for the light and the dark page."""

import secrets
from enum import Enum
from io import BytesIO

from captcha.image import ImageCaptcha
from PIL import Image, ImageDraw

# Twice the size at which it is shown.
WIDTH, HEIGHT, MARGIN = 480, 160, 16
FONT_SIZES = (92, 104, 114)
CURVES, DOTS = 2, 60
_WHITE, _BLACK = (255, 255, 255), (0, 0, 0)


class Paper(Enum):
    """Background and ink: the contrast of the page's own text."""

    LIGHT = ((251, 250, 248), (29, 37, 48))
    DARK = ((28, 34, 43), (232, 230, 225))


class _Digits(ImageCaptcha):
    """Apart from one another and not too thin: a person must read them at once."""

    word_offset_dx = 0.04
    word_space_probability = 0.7
    character_rotate = (-24, 24)
    character_warp_dx = (0.1, 0.22)
    character_warp_dy = (0.1, 0.22)


def draw_picture(digits: str, paper: Paper) -> bytes:
    """A PNG, another one each time. The library draws a mask in black and white, so that the ink is ours and dense."""
    drawer = _Digits(WIDTH - 2 * MARGIN, HEIGHT, font_sizes=FONT_SIZES)
    mask = Image.new("RGB", (WIDTH, HEIGHT), _BLACK)
    mask.paste(drawer.create_captcha_image(digits, _WHITE, _BLACK), (MARGIN, 0))
    drawer.create_noise_dots(mask, _WHITE, width=4, number=DOTS)
    for _curve in range(CURVES):
        _stroke(mask)
    background, ink = (Image.new("RGB", mask.size, colour) for colour in paper.value)
    out = BytesIO()
    Image.composite(ink, background, mask.convert("L")).quantize(16).save(out, "PNG", optimize=True)
    return out.getvalue()


def _stroke(mask: Image.Image) -> None:
    """Through all the digits: what cuts a picture into letters stumbles over it."""
    top, height = secrets.randbelow(HEIGHT // 2), HEIGHT // 3 + secrets.randbelow(HEIGHT // 3)
    start = secrets.choice((0, 180)) + secrets.randbelow(20)
    box = (secrets.randbelow(20), top, WIDTH - secrets.randbelow(20), top + height)
    ImageDraw.Draw(mask).arc(box, start, start + 150, fill=_WHITE, width=4)
