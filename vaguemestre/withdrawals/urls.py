from django.urls import path

from vaguemestre.withdrawals.views import acts, looking, reported

app_name = "withdrawals"
urlpatterns = [
    path("", looking.page, name="withdrawals"),
    path("nouveau/", acts.search, name="search"),
    path("signalements/<slug:digest>/sans-danger/", reported.harmless, name="harmless"),
    path("signalements/retour/", reported.not_harmless, name="not-harmless"),
    path("<slug:key>/", looking.withdrawal, name="withdrawal"),
    path("<slug:key>/etat/", looking.state, name="state"),
    path("<slug:key>/personnes.csv", looking.people, name="people"),
    path("<slug:key>/retrait/", acts.take, name="take"),
    path("<slug:key>/remise/", acts.put_back, name="put-back"),
    path("<slug:key>/abandon/", acts.drop, name="drop"),
]
