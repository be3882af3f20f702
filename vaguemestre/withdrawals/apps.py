from django.apps import AppConfig


class WithdrawalsConfig(AppConfig):
    name = "vaguemestre.withdrawals"
    label = "withdrawals"
    default_auto_field = "django.db.models.BigAutoField"
