from django.urls import path

from vaguemestre.accounts.screens.first_signin import views

urlpatterns = [
    path("session/premiere-connexion/", views.entry, name="first-signin"),
    path("session/premiere-connexion/mot-de-passe/", views.password, name="first-password"),
    path("session/premiere-connexion/charte/", views.accept_charter, name="first-charter"),
    path("session/premiere-connexion/secours/", views.rescue_contact, name="first-rescue"),
    path("session/premiere-connexion/secours/code/", views.rescue_code, name="first-rescue-code"),
    path("session/premiere-connexion/secours/renvoi/", views.rescue_resending, name="first-rescue-resending"),
    path("session/premiere-connexion/secours/sms/", views.rescue_phone_code, name="first-rescue-phone-code"),
    path(
        "session/premiere-connexion/secours/sms/renvoi/",
        views.rescue_phone_resending,
        name="first-rescue-phone-resending",
    ),
    path("session/premiere-connexion/secours/report/", views.rescue_later, name="first-rescue-later"),
    path("session/premiere-connexion/personnaliser/", views.personalise, name="first-personalise"),
]
