from django.urls import path

from vaguemestre.accounts.views import app_passwords

urlpatterns = [
    path("mon-compte/mots-de-passe-application/", app_passwords.making, name="app-passwords"),
    path(
        "mon-compte/mots-de-passe-application/<int:number>/retrait/",
        app_passwords.removal,
        name="app-password-removal",
    ),
]
