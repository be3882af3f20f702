"""Pictures as people send them, and as nobody should: for tests of what is made of them."""

import struct
import zlib
from collections.abc import Callable
from io import BytesIO

from PIL import Image

HTML_NAMED_A_PICTURE = b"<!doctype html><script>alert(1)</script>"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'


def photo(width: int = 4032, height: int = 3024, *, orientation: int = 1, octets: int = 0) -> bytes:
    """As a telephone takes it: red on its left, blue on its right, before it is turned. `octets`: at least so many."""
    image = Image.new("RGB", (width, height), "blue")
    image.paste("red", (0, 0, width // 2, height))
    exif = Image.Exif()
    exif[0x0112], exif[0x010F] = orientation, "Marque de l'appareil"
    raw = saved(image, "JPEG", exif=exif, comment=b"Rue secrete 12")
    segment = b"\xff\xef" + struct.pack(">H", 65_535) + bytes(65_533)  # what cameras say to themselves
    return raw[:2] + segment * -(-max(0, octets - len(raw)) // len(segment)) + raw[2:]


def clear_png(ink: str = "black") -> bytes:
    """Ink in the middle of nothing."""
    image = Image.new("RGBA", (720, 320))
    image.paste(ink, (180, 80, 540, 240))
    return saved(image, "PNG")


def moving_gif() -> bytes:
    first, second = Image.new("RGB", (720, 320), "red"), Image.new("RGB", (720, 320), "blue")
    return saved(first, "GIF", save_all=True, append_images=[second])


def bomb(width: int = 50_000, height: int = 50_000) -> bytes:
    """A kilobyte or two that says it is a picture of 2,500 million points."""
    head = struct.pack(">LLBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = ((b"IHDR", head), (b"IDAT", zlib.compress(bytes(1_000_000))), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(map(_chunk, chunks))


def cut(raw: bytes) -> bytes:
    return raw[: len(raw) // 2]


def saved(image: Image.Image, form: str, **options: object) -> bytes:
    held = BytesIO()
    image.save(held, form, **options)
    return held.getvalue()


def _chunk(part: tuple[bytes, bytes]) -> bytes:
    name, content = part
    return struct.pack(">L", len(content)) + name + content + struct.pack(">L", zlib.crc32(name + content))


HOSTILE: dict[str, Callable[[], bytes]] = {
    "a bomb": bomb,
    "a bomb within the limit of JPEG": lambda: bomb(7_000, 7_000),
    "cut": lambda: cut(photo(800, 600)),
    "a page": lambda: HTML_NAMED_A_PICTURE,
    "a drawing": lambda: SVG,
    "a page that begins as a picture": lambda: b"GIF89a=1;alert(1)//<script>",
    "a document": lambda: b"%!PS-Adobe-3.0 EPSF-3.0\n",
    "a TIFF": lambda: saved(Image.new("RGB", (40, 40)), "TIFF"),
    "nothing": lambda: b"\xff\xd8\xff",
}
