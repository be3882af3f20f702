from django.db import migrations, models

# What stood in these fields when nobody had touched them, on the day of this migration.
UNTOUCHED = {
    'density': 'comfortable', 'text_size': 'normal', 'theme': 'auto', 'pane': 'right', 'flat_list': False,
    'asks_receipts': False, 'answers_receipts': 'ask', 'undo_seconds': None, 'notifies': 'nothing',
    'counts_in_title': False, 'writes_plain': False,
}


def note_choices(apps, _schema_editor):
    """Whoever had another value than the ordinary one had chosen it."""
    for row in apps.get_model('webmail', 'Preferences').objects.iterator():
        row.chosen = sorted(name for name, value in UNTOUCHED.items() if getattr(row, name) != value)
        if row.chosen:
            row.save(update_fields=['chosen'])


class Migration(migrations.Migration):

    dependencies = [
        ('webmail', '0018_signature_pictures'),
    ]

    operations = [
        migrations.AddField(
            model_name='preferences',
            name='chosen',
            field=models.JSONField(default=list),
        ),
        migrations.RunPython(note_choices, migrations.RunPython.noop),
    ]
