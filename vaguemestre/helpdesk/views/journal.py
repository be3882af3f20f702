from urllib.parse import urlencode

from django import forms
from django.http import Http404, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from vaguemestre.accounts.notices.journal_text import SENTENCES
from vaguemestre.accounts.roles.agent_scope import AgentRequest
from vaguemestre.audit import journal as audit_journal
from vaguemestre.helpdesk.account.account_search import find_by_numen, is_numen
from vaguemestre.helpdesk.decorators import console_only
from vaguemestre.helpdesk.journal_access import Filters, act_choices, journal_lines


class FilterForm(forms.Form):
    person = forms.CharField(label=_("Person (identifier or address)"), max_length=120, required=False)
    agent = forms.CharField(label=_("Done by (identifier)"), max_length=120, required=False)
    act = forms.ChoiceField()
    first = forms.DateField(label=_("From day"), required=False, widget=forms.DateInput(attrs={"type": "date"}))
    last = forms.DateField(label=_("To day"), required=False, widget=forms.DateInput(attrs={"type": "date"}))
    before = forms.IntegerField(required=False, min_value=1, widget=forms.HiddenInput)

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]  # the arguments of any form
        self.fields["act"] = forms.ChoiceField(
            label=_("Act done"), required=False, choices=[("", _("all")), *act_choices(list(SENTENCES))]
        )


@sensitive_post_parameters("person", "agent")
@require_http_methods(["GET", "HEAD", "POST"])
@console_only
def journal(request: AgentRequest) -> HttpResponse:
    """What was typed comes in the body, since it may be a NUMEN, then the page has an address of its own."""
    if request.method == "POST" or any(is_numen(str(typed)) for typed in request.GET.values()):
        return _addressed(request)
    form = FilterForm(request.GET)
    filters = Filters(**form.cleaned_data) if form.is_valid() else Filters()
    page, older = journal_lines(request.agent, filters)
    kept = _filters(request.GET)
    context = {
        "section": "journal",
        "form": form,
        "lines": page,
        "now": timezone.now(),
        "older": urlencode(kept | {"before": older}) if older else "",
        "filtered": bool(kept),
        "newest": page[0].entry.at if page and not kept and not filters.before else None,
        "numen_unknown": "numen" in request.GET,
    }
    return render(request, "helpdesk/journal.html", context)


def _addressed(request: AgentRequest) -> HttpResponse:
    """Whoever is named by their NUMEN, by their identifier instead; one that came in the address names nobody."""
    sent = request.POST if request.method == "POST" else request.GET
    filters = _filters(sent)
    for name in [name for name, typed in filters.items() if is_numen(typed)]:
        found = find_by_numen(request.agent, filters[name]) if request.method == "POST" else None
        filters |= {name: found.identifier} if found else {name: "", "numen": "1"}
    kept = {name: typed for name, typed in filters.items() if typed}
    return HttpResponseRedirect(f"{reverse('helpdesk:journal')}?{urlencode(kept)}")


def _filters(sent: QueryDict) -> dict[str, str]:
    return {name: str(sent[name]) for name in FilterForm.base_fields if name != "before" and sent.get(name)}


@require_safe
@console_only
def verification(request: AgentRequest) -> HttpResponse:
    """Walks the whole chain: for those who answer for the whole académie."""
    if not request.agent.serves_everybody:
        raise Http404
    context = {"section": "journal", "flaws": list(audit_journal.verify()), "head": audit_journal.head()}
    return render(request, "helpdesk/verification.html", context)
