from django.urls import path

from vaguemestre.accounts.screens.account_page import views
from vaguemestre.accounts.screens.password_change import views as password
from vaguemestre.accounts.screens.rescue_change.views import contact, phone

urlpatterns = [
    path("mon-compte/", views.account, name="account"),
    path("mon-compte/numen/", views.numen, name="numen"),
    path("mon-compte/avis/lecture/", views.notices_reading, name="notices-reading"),
    path("mon-compte/avis/<int:notice_id>/lecture/", views.notice_reading, name="notice-reading"),
    path("mon-compte/mot-de-passe/", password.password, name="password"),
    path("mon-compte/mot-de-passe/regles/", password.password_rules, name="password-rules"),
    path("mon-compte/contact-de-secours/", contact.rescue_contact, name="rescue"),
    path("mon-compte/contact-de-secours/code/", contact.rescue_code, name="rescue-code"),
    path("mon-compte/contact-de-secours/renvoi/", contact.rescue_resending, name="rescue-resending"),
    path("mon-compte/contact-de-secours/sms/", phone.rescue_phone_code, name="rescue-phone-code"),
    path("mon-compte/contact-de-secours/sms/renvoi/", phone.rescue_phone_resending, name="rescue-phone-resending"),
    path("mon-compte/contact-de-secours/retrait/", contact.rescue_withdrawal, name="rescue-withdrawal"),
    path("charte/", views.charter, name="charter"),
]
