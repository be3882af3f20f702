from django.db import migrations, models

CONTACTS = 'contacts'  # what stood in the place of an address


def into_preferences(apps, schema_editor):
    trusts = apps.get_model('webmail', 'ImageTrust').objects.filter(sender=CONTACTS)
    preferences = apps.get_model('webmail', 'Preferences').objects
    for trust in trusts.iterator():
        row, _made = preferences.get_or_create(account_id=trust.account_id, defaults={'changed_at': trust.since})
        row.contact_images = True
        row.chosen = sorted({*row.chosen, 'contact_images'})
        row.save(update_fields=['contact_images', 'chosen'])
    trusts.delete()


def into_trusts(apps, schema_editor):
    trusts = apps.get_model('webmail', 'ImageTrust').objects
    for row in apps.get_model('webmail', 'Preferences').objects.filter(contact_images=True).iterator():
        trusts.get_or_create(account_id=row.account_id, sender=CONTACTS, defaults={'since': row.changed_at})


class Migration(migrations.Migration):

    dependencies = [
        ('webmail', '0029_bulk_batch'),
    ]

    operations = [
        migrations.AddField(
            model_name='preferences',
            name='uses_keys',
            field=models.BooleanField(default=True),
        ),
        migrations.AddField(
            model_name='preferences',
            name='contact_images',
            field=models.BooleanField(default=False),
        ),
        migrations.RunPython(into_preferences, into_trusts),
    ]
