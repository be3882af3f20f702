"""Taking one's mail along (`/mon-compte/`), an access request (`/assistance/`), a leaver's link (`/copie/`)."""

from django.urls import path

from vaguemestre.exports.views import access_request, export, leaver, link

app_name = "exports"
urlpatterns = [
    path("mon-compte/depart/", leaver.leaving, name="leaving"),
    path("mon-compte/depart/adresse/", leaver.new_address, name="new-address"),
    path("mon-compte/depart/adresse/retrait/", leaver.new_address_withdrawal, name="new-address-withdrawal"),
    path("mon-compte/export/", export.order, name="order"),
    path("mon-compte/export/etat/", export.progress, name="progress"),
    path("mon-compte/export/<slug:key>/abandon/", export.give_up, name="give-up"),
    path("mon-compte/export/<slug:key>/archive.zip", export.archive, name="archive"),
    path("assistance/export/<slug:key>/", access_request.access_request, name="access-request"),
    path("assistance/export/<slug:key>/lien/", access_request.link, name="access-request-link"),
    path("assistance/export/<slug:key>/abandon/", access_request.giving_up, name="access-request-giving-up"),
    path("copie/", link.link, name="link"),
    path("copie/code/", link.code, name="link-code"),
    path("copie/archive.zip", link.archive, name="link-archive"),
]
