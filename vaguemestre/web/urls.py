from django.urls import URLPattern, path

from vaguemestre.web.views import health, security_contact

app_name = "web"
urlpatterns: list[URLPattern] = [
    path("health/", health.health, name="health"),
    path("ready/", health.ready, name="ready"),
    path("metrics/", health.metrics, name="metrics"),
    path(".well-known/security.txt", security_contact.security_txt, name="security-txt"),
]
