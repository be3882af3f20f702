from django.urls import path

from vaguemestre.accounts.views.first_signin import first_signin
from vaguemestre.accounts.views.signin import signin
from vaguemestre.accounts.views.signout import signout

app_name = "accounts"
urlpatterns = [
    path("", signin, name="signin"),
    path("fin/", signout, name="signout"),
    path("premiere-connexion/", first_signin, name="first-signin"),
]
