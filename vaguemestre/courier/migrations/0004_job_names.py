"""The clock's jobs have names (clock 0002): so has what is done when a text message does not leave."""

from typing import ClassVar

from django.db import migrations

from vaguemestre.clock.renaming import rename

NAMES = {"vaguemestre.accounts.recovery.texted.take_another_way": "accounts.recovery.take_another_way"}


class Migration(migrations.Migration):
    dependencies: ClassVar = [("courier", "0003_texts_are_sealed")]
    operations: ClassVar = [rename("courier", "TextMessage", "instead", NAMES)]
