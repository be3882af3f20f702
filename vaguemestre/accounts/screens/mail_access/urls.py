from django.urls import path

from vaguemestre.accounts.screens.mail_access import views

urlpatterns = [
    path("mon-compte/mots-de-passe-application/", views.making, name="app-passwords"),
    path("mon-compte/mots-de-passe-application/<int:number>/retrait/", views.removal, name="app-password-removal"),
]
