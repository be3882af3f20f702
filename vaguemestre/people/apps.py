from django.apps import AppConfig


class PeopleConfig(AppConfig):
    name = "vaguemestre.people"
    label = "people"
    default_auto_field = "django.db.models.BigAutoField"
