from django.urls import path

from vaguemestre.accounts.views import first_signin

urlpatterns = [
    path("session/premiere-connexion/", first_signin.entry, name="first-signin"),
    path("session/premiere-connexion/mot-de-passe/", first_signin.password, name="first-password"),
    path("session/premiere-connexion/charte/", first_signin.accept_charter, name="first-charter"),
    path("session/premiere-connexion/secours/", first_signin.rescue_contact, name="first-rescue"),
    path("session/premiere-connexion/secours/code/", first_signin.rescue_code, name="first-rescue-code"),
    path("session/premiere-connexion/secours/renvoi/", first_signin.rescue_resending, name="first-rescue-resending"),
    path("session/premiere-connexion/secours/sms/", first_signin.rescue_phone_code, name="first-rescue-phone-code"),
    path(
        "session/premiere-connexion/secours/sms/renvoi/",
        first_signin.rescue_phone_resending,
        name="first-rescue-phone-resending",
    ),
    path("session/premiere-connexion/secours/report/", first_signin.rescue_later, name="first-rescue-later"),
    path("session/premiere-connexion/personnaliser/", first_signin.personalise, name="first-personalise"),
]
