"""Everything below /contacts/."""

from django.urls import path

from vaguemestre.contacts.views import book, card, collected, duplicates, exporting, groups, importing, undo

app_name = "contacts"
urlpatterns = [
    path("", book.book, name="book"),
    path("<int:number>/", book.card, name="card"),
    path("nouveau/", card.new, name="new"),
    path("ajout/", card.addition, name="addition"),
    path("<int:number>/modification/", card.change, name="change"),
    path("suppression/", card.removal, name="removal"),
    path("groupes/", groups.new, name="group-new"),
    path("groupes/<int:number>/nom/", groups.name, name="group-name"),
    path("groupes/<int:number>/suppression/", groups.removal, name="group-removal"),
    path("groupes/entree/", groups.entry, name="group-entry"),
    path("groupes/sortie/", groups.leaving, name="group-leaving"),
    path("recueillis/", collected.collected, name="collected"),
    path("recueillis/garde/", collected.keep, name="collected-keep"),
    path("recueillis/oubli/", collected.forget, name="collected-forget"),
    path("doublons/", duplicates.duplicates, name="duplicates"),
    path("doublons/fusion/", duplicates.merge, name="merge"),
    path("import/", importing.importing, name="import"),
    path("import/<slug:key>/", importing.preview, name="import-preview"),
    path("import/<slug:key>/colonnes/", importing.columns, name="import-columns"),
    path("import/<slug:key>/accord/", importing.agreement, name="import-agreement"),
    path("import/<slug:key>/abandon/", importing.giving_up, name="import-giving-up"),
    path("export/", exporting.exporting, name="export"),
    path("export/contacts.vcf", exporting.vcard, name="export-vcard"),
    path("export/contacts.csv", exporting.table, name="export-table"),
    path("annulation/", undo.undo, name="undo"),
]
