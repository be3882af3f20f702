from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from vaguemestre.accounts.sessions.sign_out import sign_out_response


@require_POST
def signout(request: HttpRequest) -> HttpResponse:
    """Also for a session that has ended meanwhile: the person wanted to leave, and has left."""
    return sign_out_response(request, HttpResponseRedirect(f"{reverse('accounts:signin')}?fin=1"))
