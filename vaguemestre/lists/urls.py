from django.urls import path

from vaguemestre.lists.views import approvers, lists

app_name = "lists"
urlpatterns = [
    path("", lists.lists, name="lists"),
    path("nouvelle/", lists.new_list, name="new"),
    path("enregistrement/", lists.saving, name="save"),
    path("<int:number>/", lists.list_page, name="list"),
    path("<int:number>/enregistrement/", lists.changing, name="change"),
    path("<int:number>/suppression/", lists.deletion, name="deletion"),
    path("approbateurs/", approvers.approvers, name="approvers"),
    path("approbateurs/<int:number>/confirmation/", approvers.confirmation, name="approver-confirmation"),
    path("approbateurs/<int:number>/fin/", approvers.end, name="approver-end"),
]
