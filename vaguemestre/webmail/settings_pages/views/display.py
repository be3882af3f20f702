from django.http import HttpResponse, HttpResponseBadRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from vaguemestre.accounts.request import StaffRequest
from vaguemestre.webmail.mailbox_access import with_mailbox
from vaguemestre.webmail.models import Preferences
from vaguemestre.webmail.models.display_choices import Font, Motion, Spacing
from vaguemestre.webmail.preferences import authority_defaults, summary, tips
from vaguemestre.webmail.preferences.list_mode import FLAT
from vaguemestre.webmail.settings_pages.page import render_settings, saved_response

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
    offered = _offered()
    if request.method == "POST":
        chosen: dict[str, object] = {
            FIELDS[name]: request.POST[name]
            for name, choices in offered.items()
            if request.POST.get(name) in dict(choices)
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
        return saved_response(request, "display", _("Choice saved"))
    stands = summary.load_settings_summary(request.account, timezone.now())
    lists = [(CONVERSATIONS, _("By conversation")), (FLAT, _("Message by message"))]
    context = {
        "offered": offered, "lists": lists, "arranged": FLAT if stands.flat_list else CONVERSATIONS,
        "marks_read": stands.marks_read,
        "forms": [
            (FORMATTED, _("Formatted, as their senders made them")),
            (PLAIN, _("As plain text: their words and links alone")),
        ],
        "form_chosen": PLAIN if stands.display.reads_plain else FORMATTED,
        "afterwards": [(NEXT, _("Open the next message")), (LIST, _("Go back to the list"))],
        "afterwards_chosen": NEXT if stands.display.goes_on else LIST,
        "tips": [(TIPS[0], _("One line now and then, never twice the same")), (TIPS[1], _("No tips"))],
        "tips_chosen": TIPS[0] if stands.offers_tips else TIPS[1],
        "fixed": authority_defaults.are_all_fixed(
            "flat_list", "reads_plain", "goes_on", "offers_tips", *FIELDS.values()
        ),
        "advanced": authority_defaults.has_defaults(
            marks_read=stands.marks_read, reads_plain=stands.display.reads_plain, font=stands.display.font,
            spacing=stands.display.spacing, motion=stands.display.motion, goes_on=stands.display.goes_on,
            offers_tips=stands.offers_tips,
        ),
    }  # fmt: skip
    return render_settings(request, "display", context)


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
    density, pane, size, theme = Preferences.Density, Preferences.Pane, Preferences.TextSize, Preferences.Theme
    marks = Preferences.MarksRead
    return {
        "densite": [
            (density.COMFORTABLE, _("Comfortable: three lines a message, with its first words")),
            (density.COMPACT, _("Compact: one line a message, two where the list is narrow")),
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
        "texte": [(size.NORMAL, _("Normal")), (size.LARGE, _("Large")), (size.LARGER, _("Very large"))],
        "lettres": [
            (Font.USUAL, _("Atkinson Hyperlegible: letters that are not taken for one another")),
            (Font.DYSLEXIC, _("OpenDyslexic: letters heavier at their foot")),
        ],
        "espacement": [
            (Spacing.NORMAL, _("Ordinary")),
            (Spacing.WIDE, _("Wide: between letters, words and lines, and shorter lines")),
        ],
        "mouvement": [
            (Motion.SYSTEM, _("As the device is set")),
            (Motion.LESS, _("Nothing moves")),
        ],
        "couleurs": [
            (theme.AUTO, _("As the device is set")), (theme.LIGHT, _("Light")), (theme.DARK, _("Dark")),
        ],
    }  # fmt: skip
