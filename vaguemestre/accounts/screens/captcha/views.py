"""The captcha's parts: the block itself, when another is wanted, its picture and its sound."""

import re
from datetime import datetime

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from vaguemestre.accounts import captcha, rate_limit
from vaguemestre.accounts.attempts.network_limit import TEN_MINUTES, within_limit
from vaguemestre.accounts.captcha import challenge, picture as captcha_picture, speech
from vaguemestre.accounts.captcha.challenge import Challenge
from vaguemestre.accounts.captcha.picture import Paper

FOR_A_NETWORK = 400  # a school's staff room on the first morning
FOR_A_CAPTCHA = 4  # many drawings of the same digits would help a program to read them
PIECES_OF_SOUND = 40  # a browser asks for a sound in pieces, and people listen again


@require_safe
def another(request: HttpRequest) -> HttpResponse:
    """The block alone, for a page that stays as it is."""
    return render(request, "accounts/captcha/field.html", {"challenge": captcha.new_challenge(now=timezone.now())})


@require_safe
def picture(request: HttpRequest, token: str) -> HttpResponse:
    return _picture(request, token, Paper.LIGHT)


@require_safe
def dark_picture(request: HttpRequest, token: str) -> HttpResponse:
    return _picture(request, token, Paper.DARK)


@require_safe
def sound(request: HttpRequest, token: str) -> HttpResponse:
    now = timezone.now()
    wanted = _wanted(token, now)
    if not _may(request, wanted, "captcha-sound", PIECES_OF_SOUND, now):
        return _too_many()
    try:
        wav = speech.speak(wanted.digits, wanted.seed("sound"))
    except speech.SpeechUnavailableError:
        return HttpResponse(_("The voice is not available for the moment."), status=503, content_type="text/plain")
    return _kept(_piece(wav, request.headers.get("Range", "")))


def _picture(request: HttpRequest, token: str, paper: Paper) -> HttpResponse:
    now = timezone.now()
    wanted = _wanted(token, now)
    if not _may(request, wanted, "captcha-picture", FOR_A_CAPTCHA, now):
        return _too_many()
    return _kept(HttpResponse(captcha_picture.draw_picture(wanted.digits, paper), content_type="image/png"))


def _wanted(token: str, now: datetime) -> Challenge:
    wanted = challenge.read_challenge(token, now=now)
    if wanted is None:
        raise Http404("captcha")
    return wanted


def _may(request: HttpRequest, wanted: Challenge, purpose: str, limit: int, now: datetime) -> bool:
    taken = rate_limit.take_one(purpose, wanted.nonce, limit=limit, per=TEN_MINUTES, now=now)
    return taken and within_limit(request, "captcha-network", FOR_A_NETWORK, TEN_MINUTES)


def _too_many() -> HttpResponse:
    answer = HttpResponse(_("Too many tries. Start again in ten minutes."), status=429, content_type="text/plain")
    answer.headers["Retry-After"] = str(int(TEN_MINUTES.total_seconds()))
    return answer


def _kept(answer: HttpResponse) -> HttpResponse:
    answer.headers["Cache-Control"] = f"private, max-age={int(challenge.LIFE.total_seconds())}"
    return answer


def _piece(wav: bytes, asked: str) -> HttpResponse:
    """Safari plays nothing that cannot be asked for in pieces (RFC 9110, 14.2)."""
    span = re.fullmatch(r"bytes=(\d+)-(\d*)", asked)
    first, last = (int(span[1]), int(span[2] or len(wav) - 1)) if span else (0, len(wav) - 1)
    last = min(last, len(wav) - 1)
    if not span or first > last:
        answer = HttpResponse(wav, content_type="audio/wav")
    else:
        answer = HttpResponse(wav[first : last + 1], content_type="audio/wav", status=206)
        answer.headers["Content-Range"] = f"bytes {first}-{last}/{len(wav)}"
    answer.headers["Accept-Ranges"] = "bytes"
    return answer
