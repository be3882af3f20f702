from django.urls import path

from vaguemestre.accounts.screens.otp.views import key, requests, signin, software_key

urlpatterns = [
    path("session/cle-otp/", signin.choose, name="otp-signin-pin"),
    path("session/cle-otp/code/", signin.prove, name="otp-signin-proof"),
    path("session/cle-otp/code-suivant/", signin.follow, name="otp-signin-next"),
    path("mon-compte/cle-otp/", key.otp, name="otp"),
    path("mon-compte/cle-otp/activation/", key.activate, name="otp-activation"),
    path("mon-compte/cle-otp/activation/code/", key.prove, name="otp-proof"),
    path("mon-compte/cle-otp/reglage/", key.put_right, name="otp-put-right"),
    path("mon-compte/cle-otp/perte/", key.declare_lost, name="otp-loss"),
    path("mon-compte/cle-otp/telephone/", software_key.install, name="otp-telephone"),
    path("mon-compte/cle-otp/demande/", requests.ask, name="otp-request"),
    path("mon-compte/cle-otp/demande/retrait/", requests.withdraw, name="otp-request-withdrawal"),
    path("mon-compte/cles-otp/demandes/", requests.decisions, name="otp-decisions"),
    path("mon-compte/cles-otp/demandes/<int:number>/decision/", requests.decide, name="otp-decision"),
]
