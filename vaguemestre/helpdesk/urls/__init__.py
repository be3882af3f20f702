"""The console, `/assistance/…`: one list a subject."""

from vaguemestre.helpdesk.urls import desk, otp, rentree

app_name = "helpdesk"
urlpatterns = [*desk.urlpatterns, *otp.urlpatterns, *rentree.urlpatterns]
