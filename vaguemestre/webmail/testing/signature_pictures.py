"""Shared by tests: signature pictures."""

from email.message import Message
from io import BytesIO

from PIL import Image


def drawn(kind: str = "PNG", size: tuple[int, int] = (64, 32), **more: object) -> bytes:
    kept = BytesIO()
    Image.new("RGB", size, (120, 40, 30)).save(kept, kind, **more)
    return kept.getvalue()


def pictures_in(message: Message) -> list[Message]:
    return [part for part in message.walk() if part.get_content_maintype() == "image"]
