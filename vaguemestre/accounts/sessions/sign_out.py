"""Leaving, by whatever door: the session ends with all that it opened, and the browser keeps nothing of it."""

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponseBase

from vaguemestre.accounts.models import Session
from vaguemestre.accounts.sessions import sessions
from vaguemestre.accounts.sessions.stream_tickets import forget_ticket

ENDED = "__Host-ended"  # which session this browser has just left: opens nothing, names the applications to be told
_SALT = "vaguemestre.accounts.ended"
_LASTS = 900


def sign_out_response[Response: HttpResponseBase](request: HttpRequest, response: Response) -> Response:
    """Ends this browser's session; the answer takes from it whatever it kept. Also for a session that has ended
    meanwhile: the person wanted to leave, and leaves what it had opened too."""
    session = sessions.session_of_cookie(request)
    if session:
        told = sessions.end_session(session)
        _remember(response, session, told)
        if session.shared_computer:
            response.headers["Clear-Site-Data"] = '"cache", "storage"'  # the next person finds nothing
    sessions.forget_cookie(response)
    forget_ticket(response)
    for name, path in settings.FORGOTTEN_AT_SIGN_OUT.items():
        response.delete_cookie(name, path)
    return response


def ended_session_hash(request: HttpRequest) -> str:
    """The hash of the session that this browser left a moment ago; empty when nothing had been opened from it."""
    try:
        return str(signing.loads(request.COOKIES.get(ENDED, ""), salt=_SALT, max_age=_LASTS))
    except signing.BadSignature:
        return ""


def _remember(response: HttpResponseBase, session: Session, told: int) -> None:
    if told:
        value = signing.dumps(session.pk, salt=_SALT)
        response.set_cookie(ENDED, value, max_age=_LASTS, secure=True, httponly=True, samesite="Lax", path="/")
    else:
        response.set_cookie(ENDED, "", max_age=0, secure=True, httponly=True, samesite="Lax", path="/")
