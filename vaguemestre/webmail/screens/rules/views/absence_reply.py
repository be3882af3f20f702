from datetime import date, datetime, time

from django.http import HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from vaguemestre.web import toasts
from vaguemestre.web.date_text import full_date_text
from vaguemestre.web.htmx import is_htmx
from vaguemestre.web.toasts import Toast
from vaguemestre.web.url_cache import reverse
from vaguemestre.webmail.mailbox_access import MailboxRequest, with_mailbox
from vaguemestre.webmail.models import Preferences
from vaguemestre.webmail.preferences import lookup
from vaguemestre.webmail.return_url import return_url
from vaguemestre.webmail.rules import absence_calendar, absence_reply, active_script
from vaguemestre.webmail.screens.rules.absence_form import AbsenceForm, DatesForm
from vaguemestre.webmail.screens.settings_pages.page import Trouble, attempt_change, render_settings, saved_response

type Days = tuple[date, time | None, date, time | None]


@require_http_methods(["GET", "HEAD", "POST"])
@with_mailbox
def absence(request: MailboxRequest) -> HttpResponse:
    """The holidays of the zone, the days around and the preview are presses too; nothing is kept before "save"."""
    now = timezone.now()
    if "vacances" in request.POST or "vacances" in request.GET:
        return _page(request, AbsenceForm(now, initial=_of_holidays(request)))
    if request.method != "POST":
        return _page(request, AbsenceForm(now, initial=_known(request)))
    form = AbsenceForm(now, _wider(request) if "elargir" in request.POST else request.POST)
    if "apercu" in request.POST or "elargir" in request.POST:
        return _page(request, form, status=200 if form.is_valid() or is_htmx(request) else 422)
    if "reponse" not in request.POST:
        return _switched_off(request, form)
    if not form.is_valid():
        return _page(request, form, status=422)
    agreed = request.POST.get("inclure", "")
    trouble = attempt_change(
        request.mailbox.key,
        lambda: absence_reply.begin_absence(request.mailbox, form.absence, now=now, agreed=agreed),
    )
    if trouble:
        return _page(request, form, trouble)
    if form.absence.starts > now:
        return saved_response(
            request, "absence", _("The reply will go out from %s") % full_date_text(form.absence.starts)
        )
    return saved_response(request, "absence", _("The absence reply goes out from now on"))


def _switched_off(request: MailboxRequest, form: AbsenceForm) -> HttpResponse:
    """Whatever stands in the other fields."""
    ended: list[bool] = []
    agreed = request.POST.get("inclure", "")
    trouble = attempt_change(
        request.mailbox.key,
        lambda: ended.append(absence_reply.end_absence(request.mailbox, now=form.now, agreed=agreed)),
    )
    if trouble:
        return _page(request, form, trouble)
    said = _("Absence reply stopped") if any(ended) else _("No reply goes out")
    return saved_response(request, "absence", said)


@require_safe
@with_mailbox
def dates(request: MailboxRequest) -> HttpResponse:
    """What the calendar says of the dates that stand in the form now; the page for those without a script."""
    if not is_htmx(request):
        return HttpResponseRedirect(reverse("webmail:absence"))
    form = DatesForm(timezone.now(), request.GET)
    typed = [name for name in DatesForm.DAYS if form.errors.get(name) and request.GET.get(name)]
    context: dict[str, object] = {"dates_problem": next((form.errors[name][0] for name in typed), "")}
    if form.is_valid():
        context = said_of(form.days())
    return render(request, "webmail/rules/absence_dates.html", context)


def said_of(days: Days) -> dict[str, object]:
    return {
        "dates_words": absence_reply.dates_text(*absence_reply.moments(*days)),
        "hint": absence_calendar.absence_hint(*days),
    }


@require_POST
@with_mailbox
def end(request: MailboxRequest) -> HttpResponse:
    """From the banner or the page, back to where it was pressed."""
    now = timezone.now()
    agreed = request.POST.get("inclure", "")
    trouble = attempt_change(
        request.mailbox.key, lambda: absence_reply.end_absence(request.mailbox, now=now, agreed=agreed)
    )
    if trouble:
        return _page(request, AbsenceForm(now, initial=_known(request)), trouble, act=True)
    return toasts.redirect(return_url(request, reverse("webmail:absence")), Toast(_("Absence reply stopped")))


def _page(
    request: MailboxRequest, form: AbsenceForm, trouble: Trouble | None = None, *, status: int = 200, act: bool = False
) -> HttpResponse:
    """`act`: a button was pressed, rather than the form sent."""
    if not request.mailbox.is_own:
        form.speak_for_several()
    known = lookup.load_preferences(request.mailbox.mailbox)
    today = timezone.localdate(form.now)
    days = _days(form)
    presets = absence_reply.holiday_presets(today)
    chosen = request.POST.get("vacances", "") or next((one.value for one in presets if one.days == days), "")
    context = {
        "form": form,
        "presets": presets, "chosen": chosen,
        "asks_dates": not presets or any(form.errors.get(name) for name in DatesForm.DAYS),
        "after": _what_follows(known, form.now),
        "sender": request.mailbox.mailbox.display_name,
        "advanced": bool(form["ailleurs"].value() or form["texte_ailleurs"].errors),
        "said": absence_reply.with_contact(form["texte"].value() or "", form["urgence"].value() or ""),
        "said_outside": form["texte_ailleurs"].value() or "" if form["ailleurs"].value() else "",
        "in_force": None if trouble or is_htmx(request)
        else active_script.find_active_script(request.mailbox.mailbox, form.now),
    }  # fmt: skip
    if days:
        context |= said_of(days)
    return render_settings(request, "absence", context, trouble=trouble, status=status, act=act)


def _days(form: AbsenceForm) -> Days | None:
    """Native date inputs speak the browser's language; the words about them are ours."""
    if form.is_bound:
        return None if form.errors else form.days()
    first, first_hour, last, last_hour = (form.get_initial_for_field(form.fields[name], name) for name in form.DAYS)
    return (first, first_hour, last, last_hour) if first and last else None


def _what_follows(known: Preferences, now: datetime) -> str:
    """Of what is kept, for the foot of the page."""
    if not known.absence_on or known.absence_starts is None or known.absence_ends is None or known.absence_ends <= now:
        return ""
    if known.absence_starts > now:
        return _("Nothing leaves before %s. The reply stops by itself.") % absence_reply.from_text(known.absence_starts)
    return _("The reply goes out, %s. It stops by itself.") % absence_reply.until_text(known.absence_ends)


def _wider(request: MailboxRequest) -> QueryDict:
    """With the days not worked around the absence, as the button says them."""
    first, _space, last = request.POST["elargir"].partition(" ")
    sent = request.POST.copy()
    sent["debut"], sent["fin"] = first, last
    return sent


def _known(request: MailboxRequest) -> dict[str, object]:
    """What is in force, or the text of the last time with no dates."""
    known = lookup.load_preferences(request.mailbox.mailbox)
    text = {
        "texte": known.absence_text or absence_reply.suggested_text(shared=not request.mailbox.is_own),
        "ailleurs": known.absence_apart, "texte_ailleurs": known.absence_outside,
    }  # fmt: skip
    over = known.absence_ends is None or known.absence_ends <= timezone.now()
    if not known.absence_on or known.absence_starts is None or known.absence_ends is None or over:
        return text
    return {**text, "reponse": True, **absence_reply.form_dates(known.absence_starts, known.absence_ends)}


def _of_holidays(request: MailboxRequest) -> dict[str, object]:
    """The dates of these holidays, or none, to be chosen. A text that nobody has changed gets them too."""
    if request.method != "POST":
        known = _known(request)
        wanted, typed = request.GET["vacances"], str(known["texte"])
    else:
        known = {**request.POST.dict(), "ailleurs": "ailleurs" in request.POST}
        wanted, typed = request.POST["vacances"], request.POST.get("texte", "").replace("\r\n", "\n")
    holiday = absence_reply.holiday_beginning(wanted)
    if holiday is None:
        return {**known, "reponse": True}
    text = typed if typed.strip() and not absence_reply.is_suggested(typed) else ""
    return {
        **known, "reponse": True,
        "debut": holiday.first, "debut_heure": None, "fin": holiday.last, "fin_heure": None,
        "texte": text
        or absence_reply.suggested_text(holiday.first, holiday.last, shared=not request.mailbox.is_own),
    }  # fmt: skip
