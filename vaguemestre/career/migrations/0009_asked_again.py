import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('career', '0008_wider_wishes'),
    ]

    operations = [
        migrations.AddField(
            model_name='servicerequest',
            name='follows',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='followed_by', to='career.servicerequest'),
        ),
        migrations.RemoveConstraint(
            model_name='servicerequest',
            name='one_request_a_campaign',
        ),
        migrations.AddConstraint(
            model_name='servicerequest',
            constraint=models.UniqueConstraint(condition=models.Q(('state__in', ['withdrawn', 'refused']), _negated=True), fields=('account', 'campaign'), name='one_living_request_a_campaign'),
        ),
    ]
