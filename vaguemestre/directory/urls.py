"""Académie, departments, establishments, functions, people; and what the composer asks while one types."""

from django.urls import path

from vaguemestre.directory.views import browse, people, suggestions

app_name = "directory"
urlpatterns = [
    path("", people.search, name="home"),
    path("suggestions/", suggestions.suggestions, name="suggestions"),
    path("suggestions/personnes/", suggestions.suggestions, {"alone": True}, name="people-suggestions"),
    path("suggestions/habituelles/", suggestions.usual_people, name="usual-people"),
    path("personnes/<str:local_part>/", people.person, name="person"),
    path("departements/<str:code>/", browse.department, name="department"),
    path("etablissements/<str:uai>/", browse.place, name="place"),
    path("fonctions/<str:code>/", browse.function, name="function"),
]
