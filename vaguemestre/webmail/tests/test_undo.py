"""The sentence about what was just done, in a cookie that a browser keeps."""

from django.http import HttpResponse
from django.urls import reverse

from vaguemestre.web import toasts
from vaguemestre.web.toasts import Toast
from vaguemestre.webmail.testing.browser import MailBrowser
from vaguemestre.webmail.undo import Undo, read_undo

FOLDER, BIN = "0" * 32, "1" * 32


def cookie(undo: str) -> str:
    response = HttpResponse()
    toasts.say(response, Toast("Messages déplacés", undo))
    return f"{toasts.COOKIE}={response.cookies[toasts.COOKIE].value}"


def test_what_is_too_much_for_a_cookie_is_said_without_a_way_back() -> None:
    few, many = (Undo("a0001", FOLDER, BIN, [7_919 * n for n in range(1, count)]) for count in (200, 4000))
    assert read_undo(few.signed(), "a0001") == [few]
    assert many.signed() == ""
    longest = next(
        one.signed()
        for count in range(900, 0, -10)
        if (one := Undo("a0001", FOLDER, BIN, [n * 2_654_435_761 % 2**32 for n in range(1, count)])).signed()
    )
    assert 2000 < len(cookie(longest)) < 4096


def test_signing_out_leaves_no_sentence_to_the_next_person(desk: MailBrowser) -> None:
    assert desk.post(reverse("webmail:folder-new"), {"nom": "Nouveau"}).status_code == 302
    assert desk.client.cookies[toasts.COOKIE].value
    desk.post("/session/fin/")
    left = desk.client.cookies[toasts.COOKIE]
    assert (left.value, left["max-age"], left["path"], left["secure"]) == ("", 0, "/", True)
