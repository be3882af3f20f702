from django.urls import path

from vaguemestre.accounts.screens.captcha import views
from vaguemestre.accounts.screens.lost_password.views import lost_password, new_password, reset_code

urlpatterns = [
    path("bv/mot-de-passe/", lost_password.lost_password, name="lost-password"),
    path("bv/mot-de-passe/demande/<slug:number>/", lost_password.asked, name="lost-password-asked"),
    path("bv/mot-de-passe/dsden/<slug:number>/", lost_password.asked_desk, name="lost-password-desk"),
    path("bv/mot-de-passe/code/", reset_code.reset_code, name="reset-code"),
    path("bv/mot-de-passe/nouveau/", new_password.new_password, name="new-password"),
    path("bv/mot-de-passe/nouveau/regles/", new_password.new_password_rules, name="new-password-rules"),
    path("bv/mot-de-passe/fait/", new_password.new_password_done, name="new-password-done"),
    path("bv/chiffres/", views.another, name="captcha"),
    path("bv/chiffres/<slug:token>/image/", views.picture, name="captcha-picture"),
    path("bv/chiffres/<slug:token>/image-sombre/", views.dark_picture, name="captcha-dark-picture"),
    path("bv/chiffres/<slug:token>/son/", views.sound, name="captcha-sound"),
]
