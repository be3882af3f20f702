from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('webmail', '0026_reminds_after'),
    ]

    operations = [
        migrations.AddField(
            model_name='preferences',
            name='font',
            field=models.CharField(choices=[('usual', 'Usual'), ('dyslexic', 'Dyslexic')], default='usual', max_length=8),
        ),
        migrations.AddField(
            model_name='preferences',
            name='spacing',
            field=models.CharField(choices=[('normal', 'Normal'), ('wide', 'Wide')], default='normal', max_length=6),
        ),
        migrations.AddField(
            model_name='preferences',
            name='motion',
            field=models.CharField(choices=[('system', 'System'), ('less', 'Less')], default='system', max_length=6),
        ),
    ]
