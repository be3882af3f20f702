"""Pictures as people send them, and as nobody should: for tests of what is made of them."""

import struct
import zlib
from base64 import b64decode
from collections.abc import Callable
from io import BytesIO

from PIL import Image

HTML_NAMED_A_PICTURE = b"<!doctype html><script>alert(1)</script>"
# Made by x265: 640 × 480 points, red on the left, blue on the right, to be turned by a quarter; EXIF says the same, and
# where it was.
_TURNED = (
    "AAAAHGZ0eXBoZWljAAAAAG1pZjFoZWljbWlhZgAAAY5tZXRhAAAAAAAAACFoZGxyAAAAAAAAAABwaWN0AAAAAAAAAAAAAAAAAAAAADRpbG9jAAAA"
    "AERAAAIAAQAAAAABsgABAAAAAAAAAV0AAgAAAAADDwABAAAAAAAAAGIAAAA4aWluZgAAAAAAAgAAABVpbmZlAgAAAAABAABodmMxAAAAABVpbmZl"
    "AgAAAQACAABFeGlmAAAAAA5waXRtAAAAAAABAAAAzWlwcnAAAACuaXBjbwAAAHlodmNDAQNwAAAAkAAAAAAAWvAA/P34+AAADwNgAAEAGEABDAH/"
    "/wNwAAADAJAAAAMAAAMAWroCQGEAAQAsQgEBA3AAAAMAkAAAAwAAAwBaoAUCAeFlupJKa5uAhoMCAAADADIAAAMAAhBiAAEAB0QBwXKwYkAAAAAU"
    "aXNwZQAAAAAAAAKAAAAB4AAAABBwaXhpAAAAAAMICAgAAAAJaXJvdAMAAAAXaXBtYQAAAAAAAAABAAEEgQIDhAAAABppcmVmAAAAAAAAAA5jZHNj"
    "AAIAAQABAAABx21kYXQAAAFZKAGvUQbKymieieD5DpJf//Od3/+VHpD7EXTGxkj8D9cb5eAXQIvP//90sfn7cuW/4v9+gf/v2N8AAAMAAU+l2Hfg"
    "CTA7RaZW6SoCQj4vs/X9fTMtrTDA9/WMAnqTeiSPIMiWzUAAAAMAW8CTAmw8AAIt8sgwyPR8X2fr+vptBpUZCILrGAT1JvRJHkGyJ5bQAAADA3KH"
    "AAADAAWx/fCoCQj4vs/X9fTqyE9rPY0A5BPUm9EkeQaeKTtAAAA94AAAAwABfdhIjcEhHxfZ+v6+ns/CXpqiQhyCepN6JI8g3ElfaAAAELAAAAMA"
    "EH/d8KgJCPi+z9f19P/NDwl414ByCepN6JI8g4wEfQAAAwCRgAAAAwBGb7oWcFQj4vs/X9fUFNJHMJteAcgnqTeiSPIOSo96AAADAZMABCL7oWcF"
    "Qj4vs/X9fV9TcCSnCWtqcY9pk6HTxckkXAIGAAAABkV4aWYAAE1NACoAAAAIAAMBDgACAAAADwAAADIBDwACAAAAFQAAAEIBEgADAAAAAQAGAAAA"
    "AAAAUnVlIHNlY3JldGUgMTIAAE1hcnF1ZSBkZSBsJ2FwcGFyZWlsAAA="
)
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'


def photo(width: int = 4032, height: int = 3024, *, orientation: int = 1, octets: int = 0) -> bytes:
    """As a phone takes it: red on its left, blue on its right, before it is turned. `octets`: at least so many."""
    image = Image.new("RGB", (width, height), "blue")
    image.paste("red", (0, 0, width // 2, height))
    exif = Image.Exif()
    exif[0x0112], exif[0x010F] = orientation, "Marque de l'appareil"
    raw = saved(image, "JPEG", exif=exif, comment=b"Rue secrete 12")
    segment = b"\xff\xef" + struct.pack(">H", 65_535) + bytes(65_533)  # what cameras say to themselves
    return raw[:2] + segment * -(-max(0, octets - len(raw)) // len(segment)) + raw[2:]


def heic() -> bytes:
    """As Apple's phones send it: upright, red is above and blue below."""
    return b64decode(_TURNED)


def heic_of(width: int, height: int) -> bytes:
    """One whose head says another size than its picture has."""
    raw = heic()
    place = raw.index(b"ispe") + 8
    return raw[:place] + struct.pack(">LL", width, height) + raw[place + 8 :]


def tiff_of(width: int, height: int) -> bytes:
    """Nothing but the head of a scan: white, black, white… of a strip that is not there."""
    tags = ((256, 4, width), (257, 4, height), (258, 3, 1), (259, 3, 4), (262, 3, 0), (273, 4, 8), (279, 4, 1 << 30))
    head = b"".join(struct.pack("<HHLL", tag, kind, 1, value) for tag, kind, value in tags)
    return struct.pack("<2sHLH", b"II", 42, 8, len(tags)) + head + struct.pack("<L", 8)


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
    "a HEIC that is cut": lambda: cut(heic()),
    "a HEIC of 3,600 million points": lambda: heic_of(60_000, 60_000),
    "a HEIC of tiles that are not there": lambda: heic().replace(b"hvc1", b"grid"),
    "a scan of 2,500 million points": lambda: tiff_of(50_000, 50_000),
    "a scan whose page follows itself": lambda: tiff_of(5_000, 5_000),
    "an icon of nothing": lambda: b"\0\0\1\0\1\0" + bytes(16),
    "nothing": lambda: b"\xff\xd8\xff",
}
