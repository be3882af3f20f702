"""Digits that are answered once, soon, and by somebody who read or heard them."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from io import BytesIO
from itertools import batched

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from vaguemestre.accounts import captcha
from vaguemestre.accounts.captcha import challenge, picture as captcha_picture, speech
from vaguemestre.accounts.captcha.testing import right_answer, wrong_answer
from vaguemestre.accounts.lifecycle.retention import sweep
from vaguemestre.accounts.models import Allowance, SpentCaptcha
from vaguemestre.accounts.screens.captcha.views import FOR_A_CAPTCHA

NOW = timezone.now()


def test_the_right_digits_are_accepted_once(db: None) -> None:
    answer = right_answer(captcha.new_challenge(now=NOW).token, now=NOW)
    assert captcha.solve(answer, now=NOW)
    assert not captcha.solve(answer, now=NOW)


def test_a_wrong_answer_spends_it_too(db: None) -> None:
    token = captcha.new_challenge(now=NOW).token
    assert not captcha.solve(wrong_answer(token, now=NOW), now=NOW)
    assert not captcha.solve(right_answer(token, now=NOW), now=NOW)


def test_digits_are_read_with_spaces_and_a_seven_taken_for_a_one(db: None) -> None:
    offered = next(one for one in iter(lambda: captcha.new_challenge(now=NOW), None) if "7" in one.digits)
    typed = " ".join(offered.digits.replace("7", "1"))
    assert captcha.solve({"epreuve": offered.token, "chiffres": typed}, now=NOW)


def test_ten_minutes_and_no_more(db: None) -> None:
    answer = right_answer(captcha.new_challenge(now=NOW).token, now=NOW)
    assert not captcha.solve(answer, now=NOW + timedelta(minutes=10, seconds=1))
    assert not captcha.solve(answer, now=NOW - timedelta(seconds=2))
    assert captcha.solve(answer, now=NOW + timedelta(minutes=9, seconds=58))


def test_what_we_did_not_sign_is_worth_nothing(db: None) -> None:
    token = captcha.new_challenge(now=NOW).token
    for forged in ("", "x", "é", token[:-4], token[:10] + ("A" if token[10] != "A" else "B") + token[11:]):
        assert challenge.read_challenge(forged, now=NOW) is None
        assert not captcha.solve({"epreuve": forged, "chiffres": "00000"}, now=NOW)
    assert not SpentCaptcha.objects.exists()


def test_offering_writes_nothing(db: None, django_assert_num_queries: object) -> None:
    with django_assert_num_queries(0):  # type: ignore[operator]  # pytest-django's fixture has no public type
        captcha.new_challenge(now=NOW)


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(not settings.DATA, reason="connections of their own need a database file: run bin/test")
def test_two_answers_at_once_count_once() -> None:
    answer = right_answer(captcha.new_challenge(now=NOW).token, now=NOW)

    def once(_number: int) -> bool:
        try:
            return captcha.solve(answer, now=NOW)
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(once, range(8))) == 1


def test_the_picture_shows_on_both_papers_with_strong_contrast(client: Client, db: None) -> None:
    token = captcha.new_challenge(now=timezone.now()).token
    for name, paper in (
        ("captcha-picture", captcha_picture.Paper.LIGHT),
        ("captcha-dark-picture", captcha_picture.Paper.DARK),
    ):
        answer = client.get(reverse(f"accounts:{name}", args=[token]))
        assert answer.headers["Content-Type"] == "image/png"
        picture = Image.open(BytesIO(answer.content)).convert("RGB")
        assert picture.size == (captcha_picture.WIDTH, captcha_picture.HEIGHT)
        background, ink = paper.value
        assert _contrast(background, ink) > 7
        shares = Counter(batched(picture.tobytes(), 3, strict=True))
        dense = [colour for colour, count in shares.items() if count > 2000]
        assert any(_near(colour, ink) for colour in dense)
        assert any(_near(colour, background) for colour in dense)


def test_no_two_drawings_nor_sounds_are_the_same() -> None:
    assert captcha_picture.draw_picture("49275", captcha_picture.Paper.LIGHT) != captcha_picture.draw_picture(
        "49275", captcha_picture.Paper.LIGHT
    )
    assert speech.speak("49275", b"one") != speech.speak("49275", b"other")


def test_the_same_captcha_sounds_the_same_and_in_pieces(client: Client, db: None) -> None:
    path = reverse("accounts:captcha-sound", args=[captcha.new_challenge(now=timezone.now()).token])
    whole = client.get(path)
    assert whole.headers["Content-Type"] == "audio/wav"
    assert whole.content[:4] == b"RIFF"
    assert len(whole.content) > 2 * speech.RATE * 3, "five digits take more than three seconds"
    piece = client.get(path, headers={"Range": "bytes=100-199"})
    assert piece.status_code == 206
    assert piece.content == whole.content[100:200]
    assert piece.headers["Content-Range"] == f"bytes 100-199/{len(whole.content)}"
    assert client.get(path, headers={"Range": "bytes=9-2"}).status_code == 200


def test_a_voice_that_fails_is_said(client: Client, db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    speech._said.cache_clear()
    monkeypatch.setattr(speech, "_SPEAK", ("no-such-voice",))
    path = reverse("accounts:captcha-sound", args=[captcha.new_challenge(now=timezone.now()).token])
    assert client.get(path).status_code == 503
    speech._said.cache_clear()


def test_the_same_digits_are_not_drawn_again_and_again(client: Client, db: None) -> None:
    path = reverse("accounts:captcha-picture", args=[captcha.new_challenge(now=timezone.now()).token])
    answers = [client.get(path) for _time in range(FOR_A_CAPTCHA + 1)]
    assert [answer.status_code for answer in answers] == [200] * FOR_A_CAPTCHA + [429]
    assert answers[-1].headers["Retry-After"]


def test_a_network_cannot_have_pictures_without_end(client: Client, db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("vaguemestre.accounts.screens.captcha.views.FOR_A_NETWORK", 3)

    def status(address: str) -> int:
        token = captcha.new_challenge(now=timezone.now()).token
        path = reverse("accounts:captcha-picture", args=[token])
        return client.get(path, headers={"X-Forwarded-For": address}).status_code

    assert [status("203.0.113.7") for _time in range(4)] == [200, 200, 200, 429]
    assert status("203.0.113.99") == 429, "the same network"
    assert status("198.51.100.7") == 200


def test_neither_page_nor_address_tells_the_digits(client: Client, db: None) -> None:
    page = client.get(reverse("accounts:captcha")).content.decode()
    token = page.split('name="epreuve" value="')[1].split('"')[0]
    offered = challenge.read_challenge(token, now=timezone.now())
    assert offered is not None
    assert offered.digits not in page
    assert 'alt="' in page


def test_what_is_over_is_swept(db: None) -> None:
    captcha.solve(right_answer(captcha.new_challenge(now=NOW).token, now=NOW), now=NOW)
    Allowance.objects.create(subject="x", ends_at=NOW)
    sweep("", NOW + timedelta(minutes=5))
    assert SpentCaptcha.objects.exists(), "it could still be replayed"
    sweep("", NOW + timedelta(minutes=11))
    assert not SpentCaptcha.objects.exists()
    assert not Allowance.objects.exists()


def _near(one: tuple[int, ...], other: tuple[int, ...]) -> bool:
    return all(abs(left - right) < 24 for left, right in zip(one, other, strict=True))


def _contrast(one: tuple[int, ...], other: tuple[int, ...]) -> float:
    """WCAG 2.2, relative luminance."""
    dark, light = sorted((_luminance(one), _luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: tuple[int, ...]) -> float:
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
        for part in (value / 255 for value in colour)
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
