"""A preview as a sentence: "412 people: 380 teachers, 32 CPE; 3 without a mailbox in use"."""

from django.utils.translation import gettext as _, ngettext

from vaguemestre.lists.preview import FEWEST, TEACHERS, Preview
from vaguemestre.web.number_text import number_text

# The administration's own terms for several, in French on every page, as `people.categories` has them for one.
SEVERAL = {
    TEACHERS: ("enseignant", "enseignants"), "DIRECOLE": ("directeur d’école", "directeurs d’école"),
    "CHEF": ("chef d’établissement", "chefs d’établissement"), "ADJ": ("adjoint", "adjoints"), "IEN": ("IEN", "IEN"),
    "IAIPR": ("IA-IPR", "IA-IPR"), "AESH": ("AESH", "AESH"), "PSYEN": ("psychologue", "psychologues"),
    "CPE": ("CPE", "CPE"), "AED": ("AED", "AED"), "ADMR": ("agent du rectorat", "agents du rectorat"),
    "ADMD": ("agent de DSDEN", "agents de DSDEN"), "ADME": ("agent administratif", "agents administratifs"),
    "INF": ("infirmier", "infirmiers"), "MED": ("médecin", "médecins"),
    "ASS": ("assistant de service social", "assistants de service social"),
}  # fmt: skip


def total_text(preview: Preview) -> str:
    if preview.total is None:
        return _("Fewer than %d people") % FEWEST
    return ngettext("%s person", "%s people", preview.total) % number_text(preview.total)


def groups_text(preview: Preview) -> str:
    """After the total; empty where it has one group and there is nothing to add."""
    groups = [f"{number_text(n)} {SEVERAL[name][n > 1]}" for name, n in preview.groups]
    if preview.others:
        groups.append(ngettext("%s other", "%s others", preview.others) % number_text(preview.others))
    return ", ".join(groups)


def inactive_text(preview: Preview) -> str:
    if not preview.inactive:
        return ""
    count = number_text(preview.inactive)
    return ngettext("%s without a mailbox in use", "%s without a mailbox in use", preview.inactive) % count


def named_text(preview: Preview) -> str:
    """Elsewhere than at home names change no count: they are given besides it."""
    parts = []
    if preview.added:
        parts.append(ngettext("%d name added", "%d names added", preview.added) % preview.added)
    if preview.removed:
        parts.append(ngettext("%d name removed", "%d names removed", preview.removed) % preview.removed)
    return ", ".join(parts)
