from django.urls import path

from vaguemestre.helpdesk.views import rentree

urlpatterns = [
    path("rentree/", rentree.rentree, name="rentree"),
    path("rentree/a-activer.csv", rentree.export, name="rentree-export"),
    path("rentree/<str:department>/", rentree.schools, name="rentree-schools"),
]
