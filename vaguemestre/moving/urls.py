"""Bringing mail along (`/import/`), a page beside the webmail's settings."""

from django.urls import path

from vaguemestre.moving.views import remote_mailbox, uploads

app_name = "moving"
urlpatterns = [
    path("", uploads.moving, name="moving"),
    path("fichiers/", uploads.files, name="files"),
    path("serveur/", remote_mailbox.trial, name="trial"),
    path("<slug:key>/depart/", remote_mailbox.beginning, name="beginning"),
    path("droit/", uploads.right, name="right"),
    path("etat/", uploads.progress, name="progress"),
    path("<slug:key>/arret/", uploads.stop, name="stop"),
    path("<slug:key>/reprise/", uploads.resume, name="resume"),
    path("<slug:key>/annulation/", uploads.undo, name="undo"),
]
