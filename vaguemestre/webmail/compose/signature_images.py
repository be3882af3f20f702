"""Pictures of signatures (a logo, a portrait) and of templates. Drawn again when they come, so that nothing is left of
the file but its points (no place, no date, no hidden text); those of signatures small by the academy's measure, as they
go with every message."""

import re
import secrets
from collections.abc import Collection
from datetime import datetime, timedelta
from enum import StrEnum, auto
from io import BytesIO
from typing import Any, NamedTuple

from django.core.files.uploadedfile import UploadedFile
from django.db.models import Sum
from django.db.models.functions import Length
from PIL import Image, ImageOps

from vaguemestre.academy.facts import academy
from vaguemestre.accounts.models import Account
from vaguemestre.mailbox.mime import file_signatures
from vaguemestre.web.url_cache import reverse
from vaguemestre.webmail.models import Preferences, ReadyMade, SignaturePicture

FORMATS = {"image/png": "PNG", "image/jpeg": "JPEG", "image/gif": "GIF", "image/webp": "WEBP"}
FILE_LIMIT = 5 * 1024 * 1024  # bytes of what is sent here
POINTS = 12_000_000
SPARE = 20  # that no signature shows any more, for letters that still do
UNUSED_FOR = timedelta(days=7)
_NAMED = re.compile(r"cid:(?:signature|template)-(\d{1,18})-[0-9a-f]{16}@[a-z0-9.-]+")


class Use(NamedTuple):
    """What a picture is for: the word in its name, and its points at most."""

    word: str
    widest: int
    highest: int


SIGNATURE, TEMPLATE = Use("signature", 600, 400), Use("template", 1200, 1200)
OF_TEMPLATE = 1_000_000  # bytes of all the pictures of one template


class ImageRefusal(StrEnum):
    KIND = auto()
    LARGE = auto()
    MANY = auto()
    HEAVY = auto()  # still too much of it once it was made small


class ImageRefusedError(Exception):
    def __init__(self, reason: ImageRefusal) -> None:
        super().__init__(reason)
        self.reason = reason


def size_limit(use: Use = SIGNATURE) -> int:
    """Bytes of all the pictures of one signature, or of one template; 0: none at all."""
    return academy().signature.pictures_kb * 1024 if use is SIGNATURE else OF_TEMPLATE


def add_image(account: Account, upload: UploadedFile[Any], now: datetime, use: Use = SIGNATURE) -> SignaturePicture:
    """Raises `ImageRefusedError`."""
    if (upload.size or 0) > FILE_LIMIT:
        raise ImageRefusedError(ImageRefusal.LARGE)
    return save_image(account, upload.read(), now, use)


def save_image(account: Account, raw: bytes, now: datetime, use: Use) -> SignaturePicture:
    """Raises `ImageRefusedError`."""
    kind, content = redraw(raw, use)
    if len(content) > size_limit(use):
        raise ImageRefusedError(ImageRefusal.HEAVY)
    _forget_unused(account, now)
    if SignaturePicture.objects.filter(account=account).count() >= SPARE + len(_used(account)):
        raise ImageRefusedError(ImageRefusal.MANY)
    mark = secrets.token_hex(8)
    picture = SignaturePicture.objects.create(
        account=account, content_id=mark, type=kind, content=content, created_at=now
    )
    picture.content_id = f"{use.word}-{picture.pk}-{mark}@{academy().domain}"
    picture.save(update_fields=["content_id"])
    return picture


def redraw(raw: bytes, use: Use = SIGNATURE) -> tuple[str, bytes]:
    """Its type and its bytes, upright and no larger than its use wants. What moves stands still. Raises
    `ImageRefusedError`."""
    found = FORMATS.get(file_signatures.true_type(raw[: file_signatures.HEAD]))
    points = file_signatures.pixel_count(raw)
    if found is None or not points:
        raise ImageRefusedError(ImageRefusal.KIND)
    if points > POINTS:
        raise ImageRefusedError(ImageRefusal.LARGE)
    try:
        with Image.open(BytesIO(raw), formats=[found]) as opened:
            opened.load()
            image: Image.Image = ImageOps.exif_transpose(opened)
            clear = image.has_transparency_data
            image = image.convert("RGBA" if clear else "RGB")
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise ImageRefusedError(ImageRefusal.KIND) from error
    image.thumbnail((use.widest, use.highest))
    image.info.clear()
    kept = BytesIO()
    if found == "JPEG":
        image.save(kept, "JPEG", quality=85, optimize=True)
        return "image/jpeg", kept.getvalue()
    image.save(kept, "PNG", optimize=True)
    return "image/png", kept.getvalue()


def content_id(account: Account, picture_id: int) -> str:
    """What the HTML calls it by; empty for somebody else's."""
    known = SignaturePicture.objects.filter(account=account, pk=picture_id).values_list("content_id", flat=True)
    return known.first() or ""


def image_url(content_id: str) -> str:
    """Where its owner sees it; empty for what is no such picture. Whose it is, is judged there."""
    named = _NAMED.fullmatch(f"cid:{content_id}")
    return reverse("webmail:signature-image", args=[int(named[1])]) if named else ""


def shown_images(account: Account, html: str, *, beside: Collection[str] = ()) -> list[SignaturePicture]:
    """Those that an HTML shows, but those that are `beside` it already, by their content id."""
    named = {match[0].removeprefix("cid:") for match in _NAMED.finditer(html)} - set(beside)
    return list(SignaturePicture.objects.filter(account=account, content_id__in=named)) if named else []


def shows_image(html: str) -> bool:
    return _NAMED.search(html) is not None


def images_size(account: Account, html: str) -> int:
    """Bytes of the pictures that it shows."""
    named = {match[0].removeprefix("cid:") for match in _NAMED.finditer(html)}
    pictures = SignaturePicture.objects.filter(account=account, content_id__in=named)
    return pictures.aggregate(total=Sum(Length("content")))["total"] or 0 if named else 0


def _used(account: Account) -> set[str]:
    texts = list(ReadyMade.objects.filter(account=account).values_list("html", flat=True))
    for chosen in Preferences.objects.filter(account=account):
        texts += [chosen.signature_html, *(one["html"] for one in chosen.signatures)]
    return {match[0].removeprefix("cid:") for html in texts for match in _NAMED.finditer(html)}


def _forget_unused(account: Account, now: datetime) -> None:
    """A letter on which nothing was kept yet may still show it: it stays for some days."""
    former = SignaturePicture.objects.filter(account=account, created_at__lt=now - UNUSED_FOR)
    former.exclude(content_id__in=_used(account)).delete()
