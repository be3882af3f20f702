"""Bringing mail along (`/import/`), a page beside the webmail's settings."""

from django.urls import path

from vaguemestre.moving.views import elsewhere, intake

app_name = "moving"
urlpatterns = [
    path("", intake.moving, name="moving"),
    path("fichiers/", intake.files, name="files"),
    path("serveur/", elsewhere.trial, name="trial"),
    path("<slug:key>/depart/", elsewhere.beginning, name="beginning"),
    path("droit/", intake.right, name="right"),
    path("etat/", intake.progress, name="progress"),
    path("<slug:key>/arret/", intake.stop, name="stop"),
    path("<slug:key>/reprise/", intake.resume, name="resume"),
    path("<slug:key>/annulation/", intake.undo, name="undo"),
]
