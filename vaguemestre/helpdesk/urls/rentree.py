from django.urls import path

from vaguemestre.helpdesk.views import rentree_progress

urlpatterns = [
    path("rentree/", rentree_progress.rentree, name="rentree"),
    path("rentree/a-activer.csv", rentree_progress.export, name="rentree-export"),
    path("rentree/<str:department>/", rentree_progress.schools, name="rentree-schools"),
]
