from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from vaguemestre.accounts.sign_out import sign_out


@require_POST
def signout(request: HttpRequest) -> HttpResponse:
    response = HttpResponseRedirect(f"{reverse('accounts:signin')}?fin=1")
    sign_out(request, response)
    return response
