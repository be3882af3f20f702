from django.urls import path

from vaguemestre.accounts.screens.factors.views import factors, sms_factor

# The guard lets `factors-…` through while a role waits for its second factor.
urlpatterns = [
    path("mon-compte/second-facteur/exige/", factors.required, name="factors-required"),
    path("mon-compte/second-facteur/telephone/", factors.telephone, name="factors-telephone"),
    path("mon-compte/second-facteur/telephone/retrait/", factors.telephone_removal, name="factors-telephone-removal"),
    path("mon-compte/second-facteur/sms/", sms_factor.text, name="factors-text"),
    path("mon-compte/second-facteur/sms/retrait/", sms_factor.text_removal, name="factors-text-removal"),
    path("mon-compte/second-facteur/cles/", factors.passkey, name="factors-passkey"),
    path(
        "mon-compte/second-facteur/cles/<int:number>/retrait/", factors.passkey_removal, name="factors-passkey-removal"
    ),
    path("mon-compte/second-facteur/codes/", factors.codes, name="factors-codes"),
]
