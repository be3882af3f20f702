from django.urls import path

from vaguemestre.helpdesk.views import otp, otp_key, otp_person

urlpatterns = [
    path("cles-otp/", otp.otp, name="otp"),
    path("cles-otp/recherche/", otp.search, name="otp-search"),
    path("cles-otp/import/", otp.import_file, name="otp-import"),
    path("cles-otp/demandes/<int:number>/decision/", otp.decide, name="otp-decision"),
    path("cles-otp/agents/<str:key>/", otp_person.person, name="otp-person"),
    path("cles-otp/agents/<str:key>/attribution/", otp_person.set_aside, name="otp-assignment"),
    path("cles-otp/agents/<str:key>/mot-de-passe/", otp_person.back_to_password, name="otp-password"),
    path("cles-otp/cles/<str:serial>/", otp_key.key, name="otp-key"),
    path("cles-otp/cles/<str:serial>/bordereau/", otp_key.slip, name="otp-slip"),
    path("cles-otp/cles/<str:serial>/remise/", otp_key.hand_over, name="otp-handover"),
    path("cles-otp/cles/<str:serial>/reprise/", otp_key.put_back, name="otp-put-back"),
    path("cles-otp/cles/<str:serial>/pin/", otp_key.reset_pin, name="otp-pin"),
    path("cles-otp/cles/<str:serial>/reglage/", otp_key.put_right, name="otp-put-right"),
    path("cles-otp/cles/<str:serial>/perte/", otp_key.declare_lost, name="otp-loss"),
    path("cles-otp/cles/<str:serial>/retour/", otp_key.give_back, name="otp-return"),
    path("cles-otp/cles/<str:serial>/hors-d-usage/", otp_key.retire, name="otp-retirement"),
]
