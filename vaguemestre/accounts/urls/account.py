from django.urls import path

from vaguemestre.accounts.views import account, password, rescue, rescue_phone

urlpatterns = [
    path("mon-compte/", account.account, name="account"),
    path("mon-compte/numen/", account.numen, name="numen"),
    path("mon-compte/avis/lecture/", account.notices_reading, name="notices-reading"),
    path("mon-compte/avis/<int:notice_id>/lecture/", account.notice_reading, name="notice-reading"),
    path("mon-compte/mot-de-passe/", password.password, name="password"),
    path("mon-compte/mot-de-passe/regles/", password.password_rules, name="password-rules"),
    path("mon-compte/contact-de-secours/", rescue.rescue_contact, name="rescue"),
    path("mon-compte/contact-de-secours/code/", rescue.rescue_code, name="rescue-code"),
    path("mon-compte/contact-de-secours/renvoi/", rescue.rescue_resending, name="rescue-resending"),
    path("mon-compte/contact-de-secours/sms/", rescue_phone.rescue_phone_code, name="rescue-phone-code"),
    path(
        "mon-compte/contact-de-secours/sms/renvoi/", rescue_phone.rescue_phone_resending, name="rescue-phone-resending"
    ),
    path("mon-compte/contact-de-secours/retrait/", rescue.rescue_withdrawal, name="rescue-withdrawal"),
    path("charte/", account.charter, name="charter"),
]
