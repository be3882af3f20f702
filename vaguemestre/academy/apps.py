from django.apps import AppConfig


class AcademyConfig(AppConfig):
    name = "vaguemestre.academy"
    label = "academy"
    default_auto_field = "django.db.models.BigAutoField"
