from django.urls import path

from vaguemestre.shared_mailboxes import views

app_name = "shared_mailboxes"
urlpatterns = [path("", views.page, name="services")]
