"""What a column of a table holds: said by whoever imports it, guessed from its heading as other programs write it."""

import re
from collections.abc import Sequence

from django.utils.translation import gettext as _

from vaguemestre.contacts.address_normalisation import normalise_address
from vaguemestre.contacts.search_words import plain_text

SKIP = ""
ADDRESSES = ("email", "email-work", "email-home")
NUMBERS = ("tel-cell", "tel-work", "tel-home", "tel", "tel-fax")
MULTIPLE = {"groups", "note", "unit", *ADDRESSES, *NUMBERS}  # several columns may hold one


FIELDS = (
    "given", "family", "display", "email", "email-work", "email-home", "tel", "tel-cell", "tel-work", "tel-home",
    "tel-fax", "organisation", "unit", "function", "groups", "note",
)  # fmt: skip


def column_choices() -> list[tuple[str, str]]:
    words = (
        _("First name"), _("Family name"), _("Whole name"), _("E-mail address"), _("E-mail address, work"),
        _("E-mail address, private"), _("Telephone"), _("Telephone, mobile"), _("Telephone, work"),
        _("Telephone, private"), _("Fax"), _("Organisation"), _("Department of the organisation"), _("Function"),
        _("Groups"), _("Note"),
    )  # fmt: skip
    return [(SKIP, _("Not imported")), *zip(FIELDS, words, strict=True)]


def guess_columns(headings: Sequence[str]) -> list[str]:
    """A field that holds one thing is given to the first column of its name."""
    found, given = [], set()
    for heading in headings:
        field = _guess(heading)
        if field in given and field not in MULTIPLE:
            field = SKIP
        given.add(field)
        found.append(field)
    return found


def are_headings(row: Sequence[str]) -> bool:
    """The first line says what the columns hold, unless it is somebody already."""
    if any(normalise_address(cell) for cell in row):
        return False
    return any(_guess(cell) for cell in row) or not any(re.search(r"\d{4}", cell) for cell in row)


def guess_columns_from(rows: Sequence[Sequence[str]], width: int) -> list[str]:
    """Without headings: addresses and numbers are known by their form."""
    found = []
    for place in range(width):
        cells = [row[place].strip() for row in rows if place < len(row) and row[place].strip()]
        if cells and all(normalise_address(cell) for cell in cells):
            found.append("email")
        elif cells and all(re.fullmatch(r"'?\+?[\d .()/-]{6,20}", cell) for cell in cells):
            found.append("tel")
        else:
            found.append(SKIP)
    return found


def _guess(heading: str) -> str:
    words = " ".join(re.findall(r"[a-z0-9]+", plain_text(heading)))
    if words in NAMED:
        return NAMED[words]
    for pattern, field in PATTERNS:
        if re.fullmatch(pattern, words):
            return field
    return SKIP


# Outlook, Thunderbird, Roundcube, Gmail and tables made by hand, in French and in English.
_NAMES: dict[str, str] = {
    "given": "prenom|first name|given name|firstname|givenname",
    "family": "nom|nom de famille|last name|family name|surname|lastname|familyname|nom usuel|nom d usage",
    "display": (
        "nom a afficher|nom affiche|nom d affichage|nom complet|nom et prenom|prenom et nom|nom prenom"
        "|display name|full name|name|displayname|affiche sous|contact"
    ),
    "organisation": (
        "organisation|organization|societe|entreprise|company|etablissement|structure|organization 1 name"
        "|organization name|organisation 1 nom|ecole|employeur"
    ),
    "unit": "service|departement|department|organization department|organization 1 department",
    "function": (
        "fonction|profession|job title|jobtitle|titre du poste|poste|intitule du poste|titre professionnel"
        "|organization title|organization 1 title|emploi|role"
    ),
    "groups": "groupes|groupe|categories|categorie|labels|group membership|groups|libelles|etiquettes",
    "note": "note|notes|remarque|remarques|commentaire|commentaires|comment|comments|observations",
    "email": (
        "email|e mail|mail|courriel|mel|adresse|adresse mail|adresse email|adresse e mail"
        "|adresse electronique|adresse mel|adresse de messagerie|adresse de courriel|e mail address"
        "|email address|primary email|premiere adresse electronique|adresse electronique principale"
        "|secondary email|adresse electronique secondaire|seconde adresse electronique|emails"
    ),
    "email-work": (
        "courriel professionnel|email professionnel|adresse professionnelle|work email|mail professionnel"
        "|e mail professionnel|email work|courriel travail"
    ),
    "email-home": (
        "courriel personnel|email personnel|home email|mail personnel|e mail personnel|email home"
        "|courriel domicile|adresse personnelle"
    ),
    "tel": (
        "telephone|tel|phone|numero|numero de telephone|phone number|telephone principal|primary phone"
        "|autre telephone|other phone"
    ),
    "tel-cell": (
        "mobile|portable|telephone mobile|telephone portable|tel mobile|tel portable|mobile phone"
        "|mobile number|cell|gsm|numero de mobile|numero de portable"
    ),
    "tel-work": (
        "telephone bureau|tel bureau|tel professionnel|telephone professionnel|business phone|work phone"
        "|business phone 2|telephone 2 bureau|telephone societe|company main phone|tel travail"
        "|telephone travail|fixe professionnel"
    ),
    "tel-home": (
        "telephone domicile|tel domicile|tel personnel|telephone personnel|home phone|home phone 2"
        "|telephone 2 domicile|telephone prive|fixe|telephone fixe"
    ),
    "tel-fax": (
        "fax|telecopie|telecopieur|fax number|business fax|home fax|telecopie bureau|telecopie domicile|numero de fax"
    ),
}
NAMED = {name: field for field, names in _NAMES.items() for name in names.split("|")}
PATTERNS = (
    (r"(e ?mail|courriel|adresse (de messagerie|electronique|e ?mail|mail)|mel) \d", "email"),
    (r"e mail \d (value|address|adresse)", "email"),
    (r"(phone|telephone|tel) \d( value)?", "tel"),
)
