from django.db import migrations


def whose_line_was_moved(apps, _schema):
    """A width that somebody chose before there was a preset for it is theirs, as any other choice."""
    for row in apps.get_model('webmail', 'Preferences').objects.exclude(share=None).iterator():
        row.chosen = sorted({*row.chosen, 'share'})
        row.save(update_fields=['chosen'])


class Migration(migrations.Migration):

    dependencies = [
        ('webmail', '0031_pinned_in'),
    ]

    operations = [
        migrations.RunPython(whose_line_was_moved, migrations.RunPython.noop),
    ]
