from django.urls import path

from vaguemestre.circulars.views import approval, archive, changes, following, writing

app_name = "circulars"
urlpatterns = [
    path("", archive.circulars, name="circulars"),
    path("tuile/", archive.tile, name="tile"),
    path("envois/", following.sendings, name="sendings"),
    path("nouvelle/", writing.new_circular, name="new"),
    path("<slug:key>/", archive.circular, name="circular"),
    path("<slug:key>/fichiers/<int:number>/", archive.file, name="file"),
    path("<slug:key>/redaction/", writing.writing, name="writing"),
    path("<slug:key>/suppression/", writing.deletion, name="deletion"),
    path("<slug:key>/accord/", approval.approval, name="approval"),
    path("<slug:key>/suivi/", following.following, name="following"),
    path("<slug:key>/suivi/etat/", following.state, name="state"),
    path("<slug:key>/arret/", following.stop, name="stop"),
    path("<slug:key>/reprise/", following.resume, name="resume"),
    path("<slug:key>/rappel/", following.reminder, name="reminder"),
    path("<slug:key>/correction/", changes.correction, name="correction"),
    path("<slug:key>/retrait/", changes.withdrawal, name="withdrawal"),
]
