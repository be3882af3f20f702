from django.urls import path

from vaguemestre.accounts.views import otp_key, otp_requests, otp_signin, otp_telephone

urlpatterns = [
    path("session/cle-otp/", otp_signin.choose, name="otp-signin-pin"),
    path("session/cle-otp/code/", otp_signin.prove, name="otp-signin-proof"),
    path("session/cle-otp/code-suivant/", otp_signin.follow, name="otp-signin-next"),
    path("mon-compte/cle-otp/", otp_key.otp, name="otp"),
    path("mon-compte/cle-otp/activation/", otp_key.activate, name="otp-activation"),
    path("mon-compte/cle-otp/activation/code/", otp_key.prove, name="otp-proof"),
    path("mon-compte/cle-otp/reglage/", otp_key.put_right, name="otp-put-right"),
    path("mon-compte/cle-otp/perte/", otp_key.declare_lost, name="otp-loss"),
    path("mon-compte/cle-otp/telephone/", otp_telephone.install, name="otp-telephone"),
    path("mon-compte/cle-otp/demande/", otp_requests.ask, name="otp-request"),
    path("mon-compte/cle-otp/demande/retrait/", otp_requests.withdraw, name="otp-request-withdrawal"),
    path("mon-compte/cles-otp/demandes/", otp_requests.decisions, name="otp-decisions"),
    path("mon-compte/cles-otp/demandes/<int:number>/decision/", otp_requests.decide, name="otp-decision"),
]
