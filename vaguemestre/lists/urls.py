from django.urls import path

from vaguemestre.lists import views

app_name = "lists"
urlpatterns = [
    path("approbateurs/", views.approvers, name="approvers"),
    path("approbateurs/<int:number>/confirmation/", views.confirmation, name="approver-confirmation"),
    path("approbateurs/<int:number>/fin/", views.end, name="approver-end"),
]
