"""Mail programs that are let in on the portal, and have tokens instead of a password."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0005_text_messages")]
    operations = [migrations.AddField("apppassword", "by_portal", models.BooleanField(default=False))]
