from django.urls import path

from vaguemestre.operations.views import feed, letters, service_day

app_name = "operations"
urlpatterns = [
    path("", service_day.today, name="today"),
    path("flux/", feed.feed, name="feed"),
    path("flux/depot/", feed.drop, name="feed-drop"),
    path("flux/<int:pk>/accord/", feed.agreement, name="feed-agreement"),
    path("flux/<int:pk>/retrait/", feed.withdrawal, name="feed-withdrawal"),
    path("flux/<int:pk>/refus.csv", feed.refused_lines, name="feed-refused"),
    path("flux/retour/", feed.rollback, name="feed-rollback"),
    path("lettres/", letters.letters, name="letters"),
    path("lettres/impression/", letters.order, name="letters-order"),
    path("lettres/<str:number>/impression/", letters.again, name="letters-again"),
    path("lettres/<str:number>/fichier/", letters.download, name="letters-file"),
]
