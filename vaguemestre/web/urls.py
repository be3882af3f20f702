from django.urls import URLPattern, path

from vaguemestre.web.views import health

app_name = "web"
urlpatterns: list[URLPattern] = [
    path("health/", health.health, name="health"),
    path("ready/", health.ready, name="ready"),
    path("metrics/", health.metrics, name="metrics"),
]
