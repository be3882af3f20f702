from django.apps import AppConfig


class CourierConfig(AppConfig):
    name = "vaguemestre.courier"
    label = "courier"
    default_auto_field = "django.db.models.BigAutoField"
