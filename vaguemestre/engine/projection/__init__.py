"""The one small file that Dovecot and Postfix read, made from the accounts and never read back into them."""

from vaguemestre.engine.projection.projector import project, rebuild, reconcile

__all__ = ["project", "rebuild", "reconcile"]
