from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from vaguemestre.accounts import sessions
from vaguemestre.accounts.listening import stop_listening
from vaguemestre.accounts.middleware import visit_of


@require_POST
def signout(request: HttpRequest) -> HttpResponse:
    """Also for a session that has ended meanwhile: the person wanted to leave, and has left."""
    return leaving(request, HttpResponseRedirect(f"{reverse('accounts:signin')}?fin=1"))


def leaving(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """Ends this browser's session; the answer takes from it whatever it kept."""
    session = visit_of(request).session
    if session:
        sessions.end_session(session)
        if session.shared_computer:
            response.headers["Clear-Site-Data"] = '"cache", "storage"'  # the next person finds nothing
    sessions.forget_cookie(response)
    stop_listening(response)
    for name in settings.FORGOTTEN_AT_SIGN_OUT:
        response.delete_cookie(name)
    return response
