import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0005_text_messages'),
        ('webmail', '0017_identities'),
    ]

    operations = [
        migrations.CreateModel(
            name='SignaturePicture',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('content_id', models.CharField(max_length=200, unique=True)),
                ('type', models.CharField(max_length=20)),
                ('content', models.BinaryField()),
                ('created_at', models.DateTimeField()),
                ('account', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='signature_pictures', to='accounts.account')),
            ],
        ),
    ]
