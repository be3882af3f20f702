from django.http import HttpResponse, HttpResponseBadRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from vaguemestre.accounts.request import StaffRequest
from vaguemestre.web import toasts
from vaguemestre.web.toasts import Toast
from vaguemestre.web.url_cache import reverse
from vaguemestre.webmail.mailbox_access import with_mailbox
from vaguemestre.webmail.models import Preferences
from vaguemestre.webmail.models.display_choices import Font, Motion, Spacing
from vaguemestre.webmail.preferences import authority_defaults, summary, tips
from vaguemestre.webmail.preferences.list_mode import FLAT
from vaguemestre.webmail.return_url import return_url
from vaguemestre.webmail.screens.settings_pages.page import render_settings

CONVERSATIONS = "conversations"
TIPS = ("oui", "non")
FORMATTED, PLAIN = "riche", "brut"
NEXT, LIST = "suite", "liste"
type Choices = list[tuple[str, str]]
SHARES = range(20, 71, 5)  # percent, as the stylesheet knows them
WIDTHS = range(176, 417, 24)  # pixels, as the stylesheet knows them
FIELDS = {
    "densite": "density", "lecture": "pane", "lus": "marks_read", "texte": "text_size", "couleurs": "theme",
    "lettres": "font", "espacement": "spacing", "mouvement": "motion",
}  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
@with_mailbox
def display(request: StaffRequest) -> HttpResponse:
    """Text and colours."""
    if request.method == "POST":
        return _choose(request, "display")
    shown = summary.load_settings_summary(request.account, timezone.now()).display
    context = {
        "offered": _offered(), "sizes": text_sizes(),
        "fixed": authority_defaults.are_all_fixed("text_size", "theme", "font", "spacing", "motion"),
        "advanced": authority_defaults.has_defaults(font=shown.font, spacing=shown.spacing, motion=shown.motion),
    }  # fmt: skip
    return render_settings(request, "display", context)


@require_http_methods(["GET", "HEAD", "POST"])
@with_mailbox
def reading(request: StaffRequest) -> HttpResponse:
    """The list, and how one reads."""
    if request.method == "POST":
        return _choose(request, "reading")
    stands = summary.load_settings_summary(request.account, timezone.now())
    context = {
        "offered": _offered(), "arranged": FLAT if stands.flat_list else CONVERSATIONS,
        "lists": [(CONVERSATIONS, _("By conversation")), (FLAT, _("Message by message"))],
        "marks_read": stands.marks_read,
        "forms": [
            (FORMATTED, _("With their formatting and pictures")),
            (PLAIN, _("As plain text: their words and links alone")),
        ],
        "form_chosen": PLAIN if stands.display.reads_plain else FORMATTED,
        "afterwards": [(NEXT, _("Open the next message")), (LIST, _("Go back to the list"))],
        "afterwards_chosen": NEXT if stands.display.goes_on else LIST,
        "tips": [(TIPS[0], _("One line now and then, never twice the same")), (TIPS[1], _("No tips"))],
        "tips_chosen": TIPS[0] if stands.offers_tips else TIPS[1],
        "fixed": authority_defaults.are_all_fixed(
            "flat_list", "density", "pane", "marks_read", "reads_plain", "goes_on", "offers_tips"
        ),
        "advanced": authority_defaults.has_defaults(
            marks_read=stands.marks_read, reads_plain=stands.display.reads_plain, goes_on=stands.display.goes_on,
            offers_tips=stands.offers_tips,
        ),
    }  # fmt: skip
    return render_settings(request, "reading", context)


def _choose(request: StaffRequest, name: str) -> HttpResponse:
    """What is not asked for, or is not offered, stays as it is."""
    chosen: dict[str, object] = {
        FIELDS[field]: request.POST[field]
        for field, choices in _offered().items()
        if request.POST.get(field) in dict(choices)
    }
    if request.POST.get("liste") in {CONVERSATIONS, FLAT}:
        chosen["flat_list"] = request.POST["liste"] == FLAT
    if request.POST.get("forme") in {FORMATTED, PLAIN}:
        chosen["reads_plain"] = request.POST["forme"] == PLAIN
    if request.POST.get("apres") in {NEXT, LIST}:
        chosen["goes_on"] = request.POST["apres"] == NEXT
    if request.POST.get("astuces") in TIPS:
        tips.save_tip_choice(request.account, timezone.now(), wanted=request.POST["astuces"] == TIPS[0])
    authority_defaults.save_choices(request.account, timezone.now(), **chosen)
    return toasts.redirect(return_url(request, reverse(f"webmail:{name}")), Toast(_("Choice saved")))


def text_sizes() -> Choices:
    size = Preferences.TextSize
    return [(size.NORMAL, _("Normal")), (size.LARGE, _("Large")), (size.LARGER, _("Very large"))]


@require_POST
@with_mailbox
def share(request: StaffRequest) -> HttpResponse:
    """How much of the room the list takes, as its line was moved."""
    return _moved(request, "share", SHARES)


@require_POST
@with_mailbox
def column(request: StaffRequest) -> HttpResponse:
    """How wide the folders stand, as their line was moved."""
    return _moved(request, "folders_width", WIDTHS)


def _moved(request: StaffRequest, name: str, steps: range) -> HttpResponse:
    """Empty: back to where it stands for everybody."""
    raw = request.POST.get("part")
    if raw == "":
        authority_defaults.drop_choice(request.account, timezone.now(), name)
    elif raw and raw.isascii() and raw.isdecimal() and int(raw[:4]) in steps:
        authority_defaults.save_choices(request.account, timezone.now(), **{name: int(raw[:4])})
    else:
        return HttpResponseBadRequest()
    return HttpResponse(status=204)


def _offered() -> dict[str, Choices]:
    density, pane, theme = Preferences.Density, Preferences.Pane, Preferences.Theme
    marks = Preferences.MarksRead
    return {
        "densite": [
            (density.COMFORTABLE, _("Three lines a message")), (density.COMPACT, _("One line a message")),
        ],
        "lecture": [
            (pane.RIGHT, _("On the right of the list")),
            (pane.BELOW, _("Below the list")),
            (pane.NONE, _("In place of the list")),
        ],
        "lus": [
            (marks.OPENED, _("As soon as it is opened")),
            (marks.LATER, _("Once it has been in sight for five seconds")),
            (marks.BY_HAND, _("Only when I mark it")),
        ],
        "texte": text_sizes(),
        "lettres": [
            (Font.USUAL, _("Usual letters, easy to tell apart")),
            (Font.DYSLEXIC, _("OpenDyslexic: letters heavier at their foot")),
        ],
        "espacement": [
            (Spacing.NORMAL, _("Ordinary")),
            (Spacing.WIDE, _("Wide: more room between letters, words and lines")),
        ],
        "mouvement": [
            (Motion.SYSTEM, _("As the device is set")),
            (Motion.LESS, _("Nothing moves")),
        ],
        "couleurs": [
            (theme.AUTO, _("As the device is set")), (theme.LIGHT, _("Light")), (theme.DARK, _("Dark")),
        ],
    }  # fmt: skip
