"""A file on its way, piece after piece. The browser asks how far it is (HEAD), and sends the next one (POST);
stopped, it is taken out (DELETE)."""

from django.http import Http404, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from vaguemestre.accounts.request import StaffRequest
from vaguemestre.accounts.sessions.decorators import signed_in
from vaguemestre.handouts import chunked_upload, message_links
from vaguemestre.handouts.access import coming_handout
from vaguemestre.handouts.models import Handout

PLACE = "a"


@require_http_methods(["HEAD", "GET", "POST", "DELETE"])
@signed_in
def piece(request: StaffRequest, key: str) -> HttpResponse:
    handout, status = coming_handout(request.account, key), 204
    if request.method == "DELETE":
        if not message_links.may_be_deleted(handout):
            return so_far(handout, 409)
        chunked_upload.remove_handout(handout)
        return HttpResponse(status=204)
    if request.method == "POST":
        place = request.GET.get(PLACE, "")
        try:
            chunked_upload.append_chunk(
                handout, int(place) if place.isdecimal() and len(place) < 16 else -1, request, timezone.now()
            )
        except chunked_upload.WrongOffsetError:
            status = 409
        except Handout.DoesNotExist as error:
            raise Http404("taken out meanwhile") from error
    return so_far(handout, status)


def so_far(handout: Handout, status: int) -> HttpResponse:
    return HttpResponse(status=status, headers={"X-Received": str(handout.received)})
