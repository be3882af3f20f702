"""What mail programs ask by themselves, where each looks, and the page that helps people set them up."""

from django.urls import path

from vaguemestre.clients.views import discovery, setting_up

app_name = "clients"
urlpatterns = [
    path("mail/config-v1.1.xml", discovery.mozilla, name="autoconfig"),
    path(".well-known/autoconfig/mail/config-v1.1.xml", discovery.mozilla, name="autoconfig-well-known"),
    path("autodiscover/autodiscover.xml", discovery.outlook, name="autodiscover"),
    path("Autodiscover/Autodiscover.xml", discovery.outlook, name="autodiscover-capitals"),
    path("autodiscover/autodiscover.json", discovery.outlook_json, name="autodiscover-json"),
    path("autodiscover/autodiscover.json/v1.0/<str:address>", discovery.outlook_json, name="autodiscover-json-address"),
    path("bv/logiciels/", setting_up.programs_page, name="programs"),
    path("bv/logiciels/<slug:name>/", setting_up.program, name="program"),
    path("bv/logiciels/<slug:name>/mot-de-passe/", setting_up.password, name="password"),
    path("bv/logiciels/<slug:name>/connexion/", setting_up.connection, name="connection"),
    path("bv/logiciels/apple/profil/", setting_up.apple_profile, name="apple-profile"),
]
