from django.apps import AppConfig


class HandoutsConfig(AppConfig):
    name = "vaguemestre.handouts"
    label = "handouts"
    default_auto_field = "django.db.models.BigAutoField"
