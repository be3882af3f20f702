"""A file of contacts: sent, looked at, taken or given up."""

from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _, ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from vaguemestre.accounts.request import StaffRequest
from vaguemestre.accounts.sessions.decorators import signed_in
from vaguemestre.contacts import cards, file_import, groups, tables
from vaguemestre.contacts.access import upload_for
from vaguemestre.contacts.book import ListPosition
from vaguemestre.contacts.import_report import FileRefusedError
from vaguemestre.contacts.models import Group, Upload
from vaguemestre.contacts.tables import columns as table_columns
from vaguemestre.contacts.views.page import said, show_sheet
from vaguemestre.web.number_text import number_text

SHOWN = 12  # names of each kind
REFUSALS_SHOWN = 200


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def importing(request: StaffRequest) -> HttpResponse:
    if request.method != "POST":
        return _page(request)
    sent = request.FILES.get("fichier")
    if sent is None:
        return _page(request, _("Choose a file first."))
    if sent.size is None or sent.size > file_import.LARGEST:
        return _page(request, _("This file is larger than 10 MB. Export without the photos, or in several files."))
    try:
        upload = file_import.receive_file(request.account, sent.name or "", sent.read(), now=timezone.now())
    except FileRefusedError as refusal:
        return _page(request, str(refusal))
    return redirect("contacts:import-preview", upload.key)


@require_safe
@signed_in
def preview(request: StaffRequest, key: str) -> HttpResponse:
    return _preview(request, upload_for(request.account, key))


@require_POST
@signed_in
def columns(request: StaffRequest, key: str) -> HttpResponse:
    upload = upload_for(request.account, key)
    if upload.columns is not None:
        sent = request.POST.getlist("colonne")[: len(upload.columns)]
        told = [one if one in table_columns.FIELDS else table_columns.SKIP for one in sent]
        upload.columns = told + [table_columns.SKIP] * (len(upload.columns) - len(told))
    name = request.POST.get("groupe", "")
    upload.group = groups.tidy_name(name) if groups.fold_name(name) else ""
    upload.save(update_fields=["columns", "group"])
    return redirect("contacts:import-preview", upload.key)


@require_POST
@signed_in
def agreement(request: StaffRequest, key: str) -> HttpResponse:
    upload = upload_for(request.account, key)
    try:
        done = file_import.import_upload(upload, now=timezone.now())
    except file_import.UploadGoneError:
        return said(ListPosition().url, _("This file has been imported already."))
    except (FileRefusedError, cards.BookFullError) as refusal:
        return _preview(request, upload, str(refusal))
    words = ngettext("%s contact imported", "%s contacts imported", done.new) % number_text(done.new)
    if done.completed:
        more = ngettext("%s completed", "%s completed", done.completed) % number_text(done.completed)
        words = f"{words}, {more}"
    return said(ListPosition().url, words, done.word)


@require_POST
@signed_in
def giving_up(request: StaffRequest, key: str) -> HttpResponse:
    upload_for(request.account, key).delete()
    return said(redirect("contacts:import").url, _("Nothing was imported."))


def _page(request: StaffRequest, problem: str = "") -> HttpResponse:
    context = {"problem": problem, "most": cards.MOST}
    return show_sheet(request, "import", context, at="import", status=422 if problem else 200)


def _preview(request: StaffRequest, upload: Upload, problem: str = "") -> HttpResponse:
    context: dict[str, object] = {
        "upload": upload, "choices": table_columns.column_choices(), "shown": SHOWN,
        "group_names": list(Group.objects.filter(account=request.account).values_list("name", flat=True)),
    }  # fmt: skip
    try:
        plan = file_import.plan_import(upload)
    except FileRefusedError as refusal:
        plan, problem = None, str(refusal)
    if plan is not None:
        refused, remarks = plan.report.refused, plan.report.remarks
        context |= {
            "plan": plan, "new": [slot.card for slot in plan.new[:SHOWN]], "new_more": max(0, len(plan.new) - SHOWN),
            "completed": [slot.card for slot in plan.completed[:SHOWN]],
            "completed_more": max(0, len(plan.completed) - SHOWN),
            "refused": refused[:REFUSALS_SHOWN], "refused_more": max(0, len(refused) - REFUSALS_SHOWN),
            "remarks": remarks[:REFUSALS_SHOWN],
        }  # fmt: skip
    if upload.columns is not None:
        table = tables.parse_table(file_import.upload_data(upload))
        context["columns"] = [
            (place, table.headings[place] if table.headings else "", [row[place] for row in table.sample()], chosen)
            for place, chosen in enumerate(upload.columns)
        ]
    context["problem"] = problem
    return show_sheet(request, "import_preview", context, at="import", status=422 if problem else 200)
