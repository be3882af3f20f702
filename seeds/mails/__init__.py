"""The letters of the demo: some dozens of mails of the past weeks, told in the TOML files beside this one.

The launcher delivers what `demo_mails` yields through SMTP; nothing here speaks to a server.
"""

from seeds.mails.story import demo_mails

__all__ = ["demo_mails"]
