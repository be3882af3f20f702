"""The content that the second person approves, as one digest: whatever is changed afterwards does not leave."""

import hashlib
import json

from vaguemestre.circulars.models import Circular, Dispatch


def frozen_digest(circular: Circular) -> str:
    """Covers all that the second person sees, and each recipient. Three queries."""
    first = circular.mailings.filter(kind=Dispatch.Kind.FIRST).first()
    keys = sorted(first.deliveries.values_list("account", flat=True)) if first else []
    files = [(one.name, one.digest) for one in circular.files.all()]
    facts = [
        circular.author, circular.author_name, circular.reply_to, circular.subject, circular.text,
        circular.question, circular.perimeter, files, first.message_token if first else "", keys,
    ]  # fmt: skip
    if circular.leaves_at or circular.corrects_id:
        facts += [circular.leaves_at.isoformat() if circular.leaves_at else "", circular.corrects_id]
    return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()
