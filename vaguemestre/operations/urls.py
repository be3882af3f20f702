from django.urls import path

from vaguemestre.operations import views

app_name = "operations"
urlpatterns = [path("", views.today, name="today")]
