"""The set of labels: names, colours, order. What a label is put on stands in the messages alone."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from django.http import HttpResponse, HttpResponseRedirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from vaguemestre.mailbox.errors import MailboxError, NoSuchFolderError
from vaguemestre.mailbox.imap.messages import label_keywords
from vaguemestre.mailbox.imap.messages.keywords import parse_uids
from vaguemestre.mailbox.values import Flag, MailboxId
from vaguemestre.web import toasts
from vaguemestre.web.toasts import Toast
from vaguemestre.web.url_cache import reverse
from vaguemestre.webmail.connection import open_mailbox
from vaguemestre.webmail.labels import label_set, labels as webmail_labels
from vaguemestre.webmail.labels.label_set import LabelRefusedError
from vaguemestre.webmail.labels.labels import LabelChip
from vaguemestre.webmail.mailbox_access import MailboxRequest, with_mailbox
from vaguemestre.webmail.message_list.list_query import ListQuery, SearchQuery, label_in
from vaguemestre.webmail.models import Label
from vaguemestre.webmail.return_url import return_url
from vaguemestre.webmail.screens.panes.outage import handles_outage
from vaguemestre.webmail.screens.panes.page import build_page, render_page
from vaguemestre.webmail.screens.settings_pages.page import render_settings, saved_response
from vaguemestre.webmail.undo import read_token, undo_token

SALT = "vaguemestre.webmail.labels.restore"
OFFERED = 12  # of the labels that another program made


@dataclass(frozen=True, slots=True)
class Typed:
    """What was sent and not taken: shown again under the reason. `keyword` tells which of the forms."""

    keyword: str = ""
    name: str = ""
    colour: str = ""
    problem: str = ""


@require_http_methods(["GET", "HEAD", "POST"])
@with_mailbox
@handles_outage
def labels(request: MailboxRequest) -> HttpResponse:
    """From the column a name is enough: the label takes the colour that fewest others have."""
    if request.method != "POST":
        return _page(request)
    return _attempt(
        request, "",
        lambda name, colour: label_set.create_label(
            request.mailbox.mailbox, name, colour or _spare_colour(request), keyword=_word(request)
        ),
        _("Label created"),
    )  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
@with_mailbox
@handles_outage
def change(request: MailboxRequest) -> HttpResponse:
    word = _word(request)
    if request.method != "POST":
        chip = webmail_labels.load_labels(request.mailbox.mailbox).find(word) if word else None
        if chip is None:
            return _page(request, Typed(problem=label_set.gone_text()))
        return _in_the_desk(request, Typed(chip.keyword, chip.name, chip.colour))
    return _attempt(
        request,
        word,
        lambda name, colour: label_set.change_label(request.mailbox.mailbox, word, name, colour),
        _("Label changed"),
    )


@require_POST
@with_mailbox
def order(request: MailboxRequest) -> HttpResponse:
    up = (request.POST.get("sens") or request.GET.get("sens")) == "haut"
    try:
        label_set.move_label(request.mailbox.mailbox, _word(request), up=up)
    except LabelRefusedError as refusal:
        return _page(request, Typed(problem=str(refusal)))
    return HttpResponseRedirect(return_url(request, reverse("webmail:labels")))


@require_http_methods(["GET", "HEAD", "POST"])
@with_mailbox
@handles_outage
def removal(request: MailboxRequest) -> HttpResponse:
    """Off every message that bears it, in every folder: so that it is gone in Thunderbird too, and comes back whole."""
    wanted = label_in(request.POST or request.GET)
    chip = webmail_labels.load_labels(request.mailbox.mailbox).find(wanted) if wanted else None
    if wanted is None or chip is None:
        return _page(request, Typed(problem=label_set.gone_text()))
    with open_mailbox(request.mailbox) as session:
        where = session.bearing(wanted)
        if request.method != "POST":
            asked = {"chip": chip, "count": sum(map(len, where.values()))}
            if _from_the_desk(request):
                return _question(request, "removal", asked)
            return render_settings(request, "label_removal", asked, at="labels")
        sets = {str(folder): numbers.text for folder, numbers in where.items()}
        label_set.remove_label(request.mailbox.mailbox, chip.keyword, sets, timezone.now())
        for folder, numbers in sets.items():
            session.store(MailboxId(folder), parse_uids(numbers), remove=[wanted])
    undo = undo_token(request.mailbox.key, chip.keyword, salt=SALT)
    back = return_url(request, reverse("webmail:labels"))
    back = reverse("webmail:home") if back.startswith(SearchQuery(chip.typed).url) else back
    return toasts.redirect(back, Toast(_("Label “%s” deleted") % chip.name, undo, undo_at="webmail:label-return"))


@require_POST
@with_mailbox
@handles_outage
def restore(request: MailboxRequest) -> HttpResponse:
    """A deleted label again, on the messages that bore it."""
    found = label_set.restore_label(request.mailbox.mailbox, *(read_token(request, salt=SALT) or [""]))
    back = return_url(request, reverse("webmail:labels"))
    if found is None:
        return toasts.redirect(back, Toast(_("It is too late to undo this.")))
    label, where = found
    with open_mailbox(request.mailbox) as session:
        for folder in session.folders():
            if folder.id and folder.id in where:
                session.store(folder.id, parse_uids(where[folder.id]), add=[Flag(label.keyword)])
    return toasts.redirect(back, Toast(_("Label “%s” is back, on the same messages") % label.name))


def _attempt(request: MailboxRequest, word: str, act: Callable[[str, str], Label], said: str) -> HttpResponse:
    name, colour = request.POST.get("nom", ""), request.POST.get("couleur", "")
    was = webmail_labels.load_labels(request.mailbox.mailbox).find(word) if word else None
    try:
        made = act(name, colour)
    except LabelRefusedError as refusal:
        typed = Typed(word, name, colour, str(refusal))
        return _in_the_desk(request, typed) if _from_the_desk(request) else _page(request, typed)
    if not _from_the_desk(request):
        return saved_response(request, "labels", said)
    back = return_url(request, reverse("webmail:home"))
    if was and back.startswith(SearchQuery(was.typed).url):  # its messages are looked for by its name
        back = SearchQuery(LabelChip(made.keyword, made.name, made.colour).typed).url
    return toasts.redirect(back, Toast(said))


def _from_the_desk(request: MailboxRequest) -> bool:
    """Asked in the column, the question takes the place of what one reads, and the answer leads back."""
    return bool(return_url(request, ""))


def _in_the_desk(request: MailboxRequest, typed: Typed) -> HttpResponse:
    asked = {"typed": typed, "colours": webmail_labels.colour_choices(), "longest": label_set.LONGEST_NAME}
    return _question(request, "change", asked, status=422 if typed.problem else 200)


def _question(request: MailboxRequest, name: str, asked: Mapping[str, object], *, status: int = 200) -> HttpResponse:
    with open_mailbox(request.mailbox) as session:
        inbox = session.by_role("inbox")
        if inbox is None or inbox.id is None:
            raise NoSuchFolderError
        shown = build_page(request, session, ListQuery(inbox.id), now=timezone.now())
    more = {"question": f"webmail/labels/{name}.html", "back": return_url(request, shown.here), **asked}
    return render_page(request, replace(shown, view="reader"), status=status, more=more)


def _spare_colour(request: MailboxRequest) -> str:
    if not _from_the_desk(request):
        return ""
    worn = [chip.colour for chip in webmail_labels.load_labels(request.mailbox.mailbox).chips]
    return min(Label.Colour.values, key=worn.count)


def _page(request: MailboxRequest, typed: Typed | None = None) -> HttpResponse:
    own = webmail_labels.load_labels(request.mailbox.mailbox)
    context = {
        "labels": own.chips, "colours": webmail_labels.colour_choices(), "typed": typed or Typed(),
        "foreign": _foreign(request, own),
        "longest": label_set.LONGEST_NAME,
    }  # fmt: skip
    return render_settings(request, "labels", context, status=422 if typed else 200)


def _foreign(request: MailboxRequest, own: webmail_labels.Labels) -> list[LabelChip]:
    """What other programs put on messages of the inbox: it can be given a name. The page does without, if need be."""
    try:
        with open_mailbox(request.mailbox) as session:
            inbox = session.by_role("inbox")
            words = session.keywords(inbox.id) if inbox and inbox.id else []
    except MailboxError:
        return []
    return [chip for chip in own.worn(words) if not chip.colour][:OFFERED]


def _word(request: MailboxRequest) -> str:
    word = (request.POST.get("etiquette") or request.GET.get("etiquette", "")).lower()
    return word if label_keywords.is_label(word) else ""
