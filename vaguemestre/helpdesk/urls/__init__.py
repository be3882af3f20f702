"""The console, `/assistance/…`: one list a subject."""

from vaguemestre.helpdesk.urls import console, otp, rentree

app_name = "helpdesk"
urlpatterns = [*console.urlpatterns, *otp.urlpatterns, *rentree.urlpatterns]
