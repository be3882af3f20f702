from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_POST

from vaguemestre.accounts.sign_out import sign_out


@require_POST
def signout(request: HttpRequest) -> HttpResponse:
    """Also for a session that has ended meanwhile: the person wanted to leave, and has left."""
    return leaving(request, f"{reverse('accounts:signin')}?fin=1")


def leaving(request: HttpRequest, address: str) -> HttpResponse:
    """Ends this browser's session, takes from it whatever it kept, and goes there."""
    response = HttpResponse(status=302, headers={"Location": address})
    sign_out(request, response)
    return response
