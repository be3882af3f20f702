from django.urls import path

from vaguemestre.withdrawals.views import actions, overview, reports

app_name = "withdrawals"
urlpatterns = [
    path("", overview.page, name="withdrawals"),
    path("nouveau/", actions.search, name="search"),
    path("signalements/<slug:digest>/sans-danger/", reports.harmless, name="harmless"),
    path("signalements/retour/", reports.not_harmless, name="not-harmless"),
    path("<slug:key>/", overview.withdrawal, name="withdrawal"),
    path("<slug:key>/etat/", overview.state, name="state"),
    path("<slug:key>/personnes.csv", overview.people, name="people"),
    path("<slug:key>/retrait/", actions.take, name="take"),
    path("<slug:key>/remise/", actions.put_back, name="put-back"),
    path("<slug:key>/abandon/", actions.drop, name="drop"),
]
