"""The question in the sheet's place before one answers a message that pretends to be somebody else's, or hands it on:
the way out first, all the same one press away."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from vaguemestre.mailbox.messages import Message
from vaguemestre.web.htmx import is_htmx
from vaguemestre.web.url_cache import reverse
from vaguemestre.webmail.compose.draft_content import DraftContent, DraftOrigin
from vaguemestre.webmail.mailbox_access import MailboxRequest
from vaguemestre.webmail.models import new_key
from vaguemestre.webmail.screens.panes.compose_window import closing_url, page_under, place_in_window
from vaguemestre.webmail.screens.panes.page import folder_url, render_page
from vaguemestre.webmail.trust import phishing_reports
from vaguemestre.webmail.trust.notice import TrustNotice

ALL_THE_SAME = "malgre"  # in the address: the question was answered


@dataclass(frozen=True, slots=True)
class Question:
    """`goes_to`: who would read the answer; empty for a message that is handed on. `subject`: of the one that pretends,
    where it is not alone. `chosen`: the form that said what is handed on, to be sent again."""

    key: str
    source: str  # as the page that shows it names it
    notice: TrustNotice
    message_url: str
    list_url: str
    all_the_same_url: str
    goes_to: str
    back: str
    may_report: bool
    subject: str
    chosen: Sequence[tuple[str, str]] | None
    begun: str = DraftContent().fingerprint  # nothing was written here: closing it keeps nothing

    @property
    def title(self) -> str:
        return _("Do not answer this message") if self.goes_to else _("Do not forward this message")


def ask_about_impersonation(
    request: MailboxRequest,
    source: DraftOrigin,
    message: Message,
    notice: TrustNotice,
    *,
    forwards: bool,
    several: bool = False,
) -> HttpResponse:
    url = reverse("webmail:message", args=[source.folder, source.uid])
    people = list(message.reply_to) or ([message.row.sender] if message.row.sender else [])
    question = Question(
        key=new_key(), source=f"{source.folder}.{source.uid}", notice=notice, message_url=url,
        list_url=folder_url(source.folder),
        all_the_same_url=f"{request.path}?{ALL_THE_SAME}=1",
        goes_to="" if forwards else ", ".join(one.address for one in people[:3]),
        back=closing_url(request) if is_htmx(request) else url, may_report=phishing_reports.are_reports_wanted(),
        subject=(message.row.subject or _("(no subject)")) if several else "",
        chosen=_fields(request) if request.method == "POST" else None,
    )  # fmt: skip
    if not is_htmx(request):
        shown, said = page_under(request, source.folder)
        return render_page(request, shown, more={"impersonation": question, "said": said})
    response = render(request, "webmail/panes/impersonation.html", {"impersonation": question})
    place_in_window(request, response)
    return response


def _fields(request: MailboxRequest) -> list[tuple[str, str]]:
    return [
        (name, value) for name in request.POST if name != "csrfmiddlewaretoken" for value in request.POST.getlist(name)
    ]
