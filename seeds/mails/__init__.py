"""The letters of the demo: some dozens of mails of the past weeks, told in the TOML files beside this one.

The launcher delivers what `demo_mails` yields through SMTP, then calls `settle` for each mailbox.
"""

from seeds.mails.settle import settle
from seeds.mails.story import demo_mails, sent_mails

__all__ = ["demo_mails", "sent_mails", "settle"]
