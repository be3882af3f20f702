from django.db import migrations, models

from vaguemestre.courier.sealed_text import SealedTextField, seal


def seal_waiting(apps, _schema_editor):
    """A few: what has left is empty already."""
    for name in ("Parcel", "TextMessage"):
        table = apps.get_model("courier", name)
        for row in table.objects.exclude(text=""):
            table.objects.filter(pk=row.pk).update(text=seal(row.text))


class Migration(migrations.Migration):

    dependencies = [
        ('courier', '0002_text_messages'),
    ]

    operations = [
        migrations.AlterField(
            model_name='textmessage',
            name='text',
            field=models.TextField(),
        ),
        migrations.RunPython(seal_waiting, migrations.RunPython.noop),
        migrations.AlterField(
            model_name='parcel',
            name='text',
            field=SealedTextField(),
        ),
        migrations.AlterField(
            model_name='textmessage',
            name='text',
            field=SealedTextField(),
        ),
    ]
