from django.urls import path

from vaguemestre.shared_mailboxes import views

app_name = "shared_mailboxes"
urlpatterns = [
    path("", views.page, name="services"),
    path("<str:local_part>/fermeture/", views.closure, name="service-closure"),
    path("<str:local_part>/reouverture/", views.reopening, name="service-reopening"),
]
