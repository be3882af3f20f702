"""I-Prof, below `/iprof/`: every address is behind this room's own session, but for the doors and the portal's tile."""

from django.urls import path

from vaguemestre.career.views import cv, desk, dossier, entrance, exchange, guides, tile

app_name = "career"
urlpatterns = [
    path("", dossier.dossier, name="dossier"),
    path("connexion/", entrance.signin, name="signin"),
    path("retour/", entrance.come_back, name="return"),
    path("deconnexion/", entrance.signout, name="signout"),
    path("deconnexion-generale/", entrance.told_to_end, name="told-to-end"),
    path("fin/", entrance.left, name="left"),
    path("prochain-echelon/", tile.next_step, name="next-step-tile"),
    path("dossier/erreurs/<slug:line>/", dossier.report, name="report"),
    path("correspondant/", dossier.correspondent, name="correspondent"),
    path("cv/", cv.page, name="cv"),
    path("cv/pdf/", cv.sheet, name="cv-sheet"),
    path("cv/nouveau/<slug:part>/", cv.new_line, name="cv-new-line"),
    path("cv/<int:pk>/", cv.line, name="cv-line"),
    path("cv/<int:pk>/suppression/", cv.removal, name="cv-removal"),
    path("guides/", guides.library, name="guides"),
    path("guides/<slug:slug>/", guides.guide, name="guide"),
    path("courrier/", exchange.threads, name="threads"),
    path("courrier/nouveau/", exchange.new, name="new-thread"),
    path("courrier/<uuid:key>/", exchange.thread, name="thread"),
    path("courrier/<uuid:key>/messages/", exchange.messages, name="messages"),
    path("courrier/pieces/<uuid:key>/", exchange.enclosure, name="enclosure"),
    path("gestion/", desk.threads, name="desk"),
    path("gestion/courrier/<uuid:key>/", desk.thread, name="desk-thread"),
    path("gestion/courrier/<uuid:key>/messages/", desk.messages, name="desk-messages"),
    path("gestion/courrier/<uuid:key>/fin/", desk.end, name="desk-end"),
    path("gestion/courrier/<uuid:key>/fin/suppression/", desk.end_removal, name="desk-end-removal"),
    path("gestion/pieces/<uuid:key>/", exchange.enclosure_served, name="desk-enclosure"),
    path("gestion/agents/<slug:key>/", desk.dossier, name="desk-dossier"),
    path("gestion/guides/", guides.shelf, name="desk-guides"),
    path("gestion/guides/nouveau/", guides.new, name="desk-new-guide"),
    path("gestion/guides/<slug:slug>/", guides.edit, name="desk-guide"),
    path("gestion/guides/<slug:slug>/versions/<int:number>/", guides.version, name="desk-guide-version"),
    path("gestion/guides/<slug:slug>/versions/<int:number>/retour/", guides.restoration, name="desk-guide-restoration"),
    path("gestion/guides/<slug:slug>/retrait/", guides.withdrawal, name="desk-guide-withdrawal"),
    path("gestion/guides/<slug:slug>/retrait/suppression/", guides.withdrawal_removal, name="desk-guide-return"),
]
