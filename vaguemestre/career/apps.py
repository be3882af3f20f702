from django.apps import AppConfig


class CareerConfig(AppConfig):
    name = "vaguemestre.career"
    label = "career"
    default_auto_field = "django.db.models.BigAutoField"
