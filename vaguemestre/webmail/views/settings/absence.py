from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from vaguemestre.accounts.guards import signed_in
from vaguemestre.accounts.request import StaffRequest
from vaguemestre.web.dates import in_full
from vaguemestre.webmail import absence as absences
from vaguemestre.webmail import preferences, toasts
from vaguemestre.webmail.access import way_back
from vaguemestre.webmail.forms.absence import AbsenceForm
from vaguemestre.webmail.toasts import Toast
from vaguemestre.webmail.views.settings.page import Trouble, attempt, saved, show


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def absence(request: StaffRequest) -> HttpResponse:
    """A press on the holidays of the zone fills in the dates; nothing is kept before "save"."""
    now = timezone.now()
    if request.method != "POST":
        return _page(request, AbsenceForm(now, initial=_known(request)))
    if "vacances" in request.POST:
        return _page(request, AbsenceForm(now, initial=_of_holidays(request)))
    form = AbsenceForm(now, request.POST)
    if not form.is_valid():
        return _page(request, form, status=422)
    agreed = request.POST.get("inclure", "")
    trouble = attempt(
        request.account.key, lambda: absences.begin(request.account, form.absence, now=now, agreed=agreed)
    )
    if trouble:
        return _page(request, form, trouble)
    if form.absence.starts > now:
        return saved(request, "absence", _("Your reply will go out from %s") % in_full(form.absence.starts))
    return saved(request, "absence", _("Your absence reply goes out from now on"))


@require_POST
@signed_in
def end(request: StaffRequest) -> HttpResponse:
    """From the banner or the page, back to where it was pressed."""
    now = timezone.now()
    trouble = attempt(request.account.key, lambda: absences.stop(request.account, now=now))
    if trouble:
        return _page(request, AbsenceForm(now, initial=_known(request)), trouble)
    return toasts.redirect(way_back(request, "/webmail/reglages/absence/"), Toast(_("Absence reply stopped")))


def _page(
    request: StaffRequest, form: AbsenceForm, trouble: Trouble | None = None, *, status: int = 200
) -> HttpResponse:
    known = preferences.of(request.account)
    today = timezone.localdate(form.now)
    is_on = bool(known.absence_on and known.absence_ends and known.absence_ends > form.now)
    context = {
        "form": form,
        "presets": absences.presets(today),
        "chosen": request.POST.get("vacances", ""),
        "is_on": is_on,
        "is_planned": is_on and known.absence_starts is not None and known.absence_starts > form.now,
        "dates_words": _dates_in_words(form),
        "sender": request.account.display_name,
        "said": form["texte"].value() or "",
    }
    return show(request, "absence", context, trouble=trouble, status=status)


def _dates_in_words(form: AbsenceForm) -> str:
    """Native date inputs speak the browser's language; this is ours."""
    if form.is_bound:
        return "" if form.errors else absences.dates_in_words(form.absence.starts, form.absence.ends)
    known = {name: form.get_initial_for_field(form.fields[name], name) for name in form.DAYS}
    first, last = known["debut"], known["fin"]
    if first is None or last is None:
        return ""
    return absences.dates_in_words(*absences.moments(first, known["debut_heure"], last, known["fin_heure"]))


def _known(request: StaffRequest) -> dict[str, object]:
    """What is in force, or the text of the last time with no dates."""
    known = preferences.of(request.account)
    text = known.absence_text or absences.suggested_text()
    if not known.absence_on or known.absence_starts is None or known.absence_ends is None:
        return {"texte": text}
    return {"texte": text, **absences.as_days(known.absence_starts, known.absence_ends)}


def _of_holidays(request: StaffRequest) -> dict[str, object]:
    """The dates of these holidays. A text that nobody has changed gets them too."""
    holiday = absences.holiday_beginning(request.POST["vacances"])
    typed = request.POST.get("texte", "").replace("\r\n", "\n")
    if holiday is None:
        return {**request.POST.dict()}
    text = typed if typed.strip() and not absences.is_suggested(typed) else ""
    return {
        "debut": holiday.first, "fin": holiday.last,
        "texte": text or absences.suggested_text(holiday.first, holiday.last),
    }  # fmt: skip
