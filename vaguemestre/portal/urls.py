from django.urls import path

from vaguemestre.portal.views import bureau, door, home, reading, state

app_name = "portal"
urlpatterns = [
    path("portail/", home.home, name="home"),
    path("intranet/", door.intranet, name="intranet"),
    path("intranet/outils/", door.tools, name="tools"),
    path("bv/", bureau.bureau, name="help"),
    path("bv/logiciels/", bureau.programs, name="programs"),
    path("etat/", state.state, name="state"),
    path("donnees-personnelles/", reading.privacy, name="privacy"),
    path("accessibilite/", reading.accessibility, name="accessibility"),
]
