"""Shared by tests: sending."""

from email.header import decode_header, make_header
from email.message import Message

from vaguemestre.webmail.testing.browser import MailBrowser
from vaguemestre.webmail.testing.pages import body


def received(desk: MailBrowser, count: int = 1) -> list[Message]:
    return desk.stored("inbox", count)


def text_of(message: Message) -> str:
    return message.get_payload(decode=True).decode()  # type: ignore[union-attr]  # a single part


def subjects(messages: list[Message]) -> list[str]:
    return [str(make_header(decode_header(message["Subject"]))) for message in messages]


def said_next(desk: MailBrowser) -> str:
    return body(desk.get(desk.url("sent")))
