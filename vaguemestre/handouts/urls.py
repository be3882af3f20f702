"""Files that travel as a link (`/fichiers/`): the page of whoever has one, and the list of whoever sent some."""

from django.urls import path

from vaguemestre.handouts.views import own_links, public, upload

app_name = "handouts"
urlpatterns = [
    path("", public.handout, name="handout"),
    path("ouverture/", public.opening, name="opening"),
    path("octets/", public.octets, name="octets"),  # nginx knows it
    path("envois/<slug:key>/", upload.piece, name="piece"),
    path("mes-fichiers/", own_links.handouts, name="handouts"),
    path("mes-fichiers/retour/", own_links.give_back, name="return"),
    path("mes-fichiers/<slug:key>/retrait/", own_links.withdraw, name="withdrawal"),
    path("mes-fichiers/<slug:key>/suppression/", own_links.remove, name="removal"),
    path("mes-fichiers/<slug:key>/prolongation/", own_links.prolong, name="prolongation"),
]
