"""Where each article belongs: its topic, the places it helps in, what it shows there and the page it leads to."""

from collections.abc import Mapping, Sequence

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

# By the article that a topic begins with.
TOPICS: Mapping[str, Promise] = {
    "ecrire": _("Write and send"),
    "lu-non-lu": _("Read and answer"),
    "choisir-plusieurs": _("File and find room"),
    "chercher": _("Search for mail"),
    "absence": _("Settings and access"),
}
# Selectors of one attribute each, so that a test can find them in the templates.
SHOWS: Mapping[str, str] = {
    "ecrire": '[data-key="n"]', "destinataires": '[data-field="a"]', "joindre": ".attach",
    "rappeler": '[data-key="z"]', "programmer": ".split .menu", "modeles": '[formaction$="modele/nouveau/"]',
    "accuses": '[name="accuse"]', "mise-en-forme": ".format", "repondre": '[data-key="r"]',
    "pieces-jointes": ".files", "imprimer": '[href*="impression/"]', "invitation": ".invitation",
    "hameconnage": '[data-key="!"]', "bloquer": '[formaction$="blocage/"]', "choisir-plusieurs": ".row-pick",
    "archiver": '[data-key="e"]', "supprimer": '[data-key="#"]', "indesirables": '[data-key="J"]',
    "plus-tard": '[data-key="b"]', "trier": ".list-tools", "deplacer": '[data-key="v"]',
    "lu-non-lu": '[data-key="s"]', "chercher": "#q", "chercher-mieux": "#q", "mots-de-recherche": "#q",
    "dossiers": ".new-here", "masquer": ".folder-list", "etiquettes": '[data-key="l"]',
    "filtres": '[href$="filtre/"]', "par-lien": ".attach", "plusieurs-lettres": '[name="reduire"]',
    "sans-reponse": ".chips",
}  # fmt: skip
LEADS_TO: Mapping[str, str] = {
    "rappeler": "webmail:sending#secondes", "programmer": "webmail:waiting", "modeles": "webmail:ready#les-miens",
    "publipostage": "webmail:mailings", "accuses": "webmail:receipts#demander",
    "mise-en-forme": "webmail:signature#format", "signature": "webmail:signature#champ-signature",
    "adresses": "webmail:identities#habituelle", "contacts": "contacts:book", "lu-non-lu": "webmail:reading#lus",
    "images": "webmail:images#contacts", "bloquer": "webmail:filters", "trier": "webmail:reading#liste",
    "dossiers": "webmail:folders", "masquer": "webmail:folders", "etiquettes": "webmail:labels#nouvelle",
    "filtres": "webmail:filters", "place": "webmail:space#gros", "chercher": "webmail:search",
    "absence": "webmail:absence#champ-reponse", "redirection": "webmail:redirection#champ-adresse",
    "affichage": "webmail:display#texte", "annonces": "webmail:arrival#annonce", "clavier": "webmail:keyboard",
    "importer": "moving:moving", "logiciels": "clients:programs", "mot-de-passe": "accounts:account",
    "astuces": "webmail:reading#astuces", "par-lien": "handouts:handouts", "recuperer": "webmail:recovery",
    "anciens": "webmail:folders", "emporter": "exports:leaving",
}  # fmt: skip
# What helps where one is, most useful first; by what a page calls its parts: `data-help`, or the name of its settings.
PLACES: Mapping[str, Sequence[str]] = {
    "liste": ("choisir-plusieurs", "archiver", "supprimer", "plus-tard", "trier", "clavier"),
    "lecture": ("repondre", "pieces-jointes", "deplacer", "imprimer", "hameconnage", "liens-suspects"),
    "ecrire": ("destinataires", "joindre", "par-lien", "programmer", "plusieurs-lettres", "modeles"),
    "recherche": ("chercher", "chercher-mieux", "mots-de-recherche", "disparu", "recuperer"),
    "dossiers": ("dossiers", "anciens", "masquer", "filtres", "etiquettes", "place"),
    "pieces": ("pieces-jointes", "pieces-retenues", "imprimer", "hameconnage"),
    "invitation": ("invitation", "repondre", "imprimer"),
    "corbeille": ("recuperer", "supprimer", "disparu", "place", "choisir-plusieurs"),
    "indesirables": ("indesirables", "pieces-retenues", "liens-suspects", "hameconnage", "bloquer"),
    "plus-tard": ("plus-tard", "choisir-plusieurs", "archiver"),
    "brouillons": ("brouillons", "plusieurs-lettres", "ecrire", "programmer", "modeles"),
    "envoyes": ("sans-reponse", "non-remis", "rappeler", "accuses", "repondre", "programmer"),
    "attente": ("programmer", "rappeler", "non-remis", "brouillons"),
    "home": ("affichage", "signature", "absence", "mot-de-passe", "logiciels", "astuces"),
    "signature": ("signature", "mise-en-forme", "adresses"),
    "identities": ("adresses", "signature", "redirection"),
    "absence": ("absence", "redirection", "filtres"),
    "receipts": ("accuses", "ecrire", "rappeler"),
    "redirection": ("redirection", "filtres", "absence"),
    "sending": ("rappeler", "programmer", "repondre"),
    "display": ("affichage", "trier", "lu-non-lu", "astuces"),
    "reading": ("trier", "lu-non-lu", "astuces"),
    "arrival": ("annonces", "affichage", "filtres"),
    "images": ("images", "hameconnage", "liens-suspects", "bloquer"),
    "filters": ("filtres", "bloquer", "redirection", "etiquettes"),
    "labels": ("etiquettes", "filtres", "mots-de-recherche"),
    "folders": ("dossiers", "anciens", "masquer", "deplacer", "filtres"),
    "space": ("place", "recuperer", "anciens", "supprimer", "pieces-jointes"),
    "ready": ("modeles", "publipostage", "mise-en-forme"),
    "mailings": ("publipostage", "modeles", "contacts", "destinataires"),
    "moving": ("importer", "emporter", "logiciels", "dossiers"),
    "handouts": ("par-lien", "joindre", "pieces-jointes", "place"),
}
