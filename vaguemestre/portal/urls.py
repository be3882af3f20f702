from django.urls import path

from vaguemestre.portal.views import bureau, door, home, maintenance, reading, state

app_name = "portal"
urlpatterns = [
    path("portail/", home.home, name="home"),
    path("intranet/", door.intranet, name="intranet"),
    path("intranet/outils/", door.tools, name="tools"),
    path("bv/", bureau.bureau, name="help"),
    path("bv/numen/", bureau.numen, name="numen"),
    path("bv/connexion/", bureau.trouble, name="trouble"),
    path("bv/connexion/lettre/", bureau.letter, name="trouble-letter"),
    path("bv/connexion/<slug:key>/", bureau.trouble, name="trouble-step"),
    path("portail/maintenance/", maintenance.maintenance, name="maintenance"),
    path("portail/maintenance/annonce/", maintenance.announcement, name="maintenance-announcement"),
    path("portail/maintenance/<int:pk>/debut/", maintenance.beginning, name="maintenance-beginning"),
    path("portail/maintenance/<int:pk>/fin/", maintenance.ending, name="maintenance-ending"),
    path("etat/", state.state, name="state"),
    path("donnees-personnelles/", reading.privacy, name="privacy"),
    path("accessibilite/", reading.accessibility, name="accessibility"),
]
