"""The museum of hostile mail: every specimen, and what its reader must see and must not receive.

One a danger, named for it, written by us. The small ones are the files of `museum/`; `large_specimens` makes the rest.
Stored in the real server, opened by the views, drawn by a real browser: three tests, one table.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from vaguemestre.mailbox.tests.large_specimens import LARGE

MUSEUM = Path(__file__).parent / "museum"
USUAL = ("Texte visible",)  # in most of them, beside the danger
EVERYWHERE = (
    "<script",
    "javascript:",
    "vbscript:",
    "<iframe",
    "<form",
    "<svg",
    "<math",
    "<object",
    "<embed",
    "<base href",
)

# What the open message shows, each of them: its text, its subject, a file's name, or why there is nothing.
SHOWN: dict[str, tuple[str, ...]] = {
    "addresses_hostile": ("Bonjour.",),
    "alternative": ("riche",),
    "alternative_of_unknown": ("Faces inconnues",),
    "alternative_that_disagree": ("visible",),
    "attachment_fifty_same_names": ("meme.pdf",),
    "attachment_html": ("Texte visible", "page.html"),
    "attachment_of_nothing": ("vide.pdf",),
    "attachment_polyglot_gif": ("anim.gif",),
    "attachment_polyglot_pdf": ("acte.pdf",),
    "attachment_polyglot_zip": ("archive.zip",),
    "attachment_svg": ("dessin.svg",),
    "attachment_two_extensions": ("facture.pdf.exe",),
    "attachment_type_lies": ("photo.png", "acte.pdf"),
    "attachment_type_unknown": ("page.html", "acte.pdf"),
    "attachment_type_vague": ("page.htm",),
    "attachment_vcard": ("carte.vcf",),
    "attachment_xhtml": ("page.xhtml",),
    "base64_broken": ("Bonjour, ",),
    "base64_of_nothing": ("Base64 vide",),
    "binary_noise": ("abîmé",),
    "blank_lines_alone": ("abîmé",),
    "boundary_absent": ("abîmé",),
    "boundary_empty": ("Limite vide",),
    "boundary_given_twice": ("Deux limites",),
    "boundary_is_a_prefix": ("Limites emboitees",),
    "boundary_never_closed": ("premiere partie",),
    "boundary_of_300": ("Limite longue",),
    "boundary_of_spaces": ("Limite d espaces",),
    "charset_given_twice": ("Texte visible été",),
    "charset_iso2022jp": ("こんにちは",),
    "charset_koi8": ("Привет",),
    "charset_lies": ("L’école coûte 3 €",),
    "charset_shift_jis": ("日本語",),
    "charset_unknown": ("café",),
    "charset_utf16_html": ("Texte visible été",),
    "charset_utf16_lies": ("UTF-16 menteur",),
    "charset_utf16_without_mark": ("Texte visible été",),
    "charset_utf32": ("Texte visible été",),
    "charset_with_a_path": ("Texte visible été",),
    "charset_zip": ("bombe",),
    "continuations_in_disorder": ("ébc.pdf",),
    "date_nonsense": ("Bonjour.",),
    "disposition_nonsense": ("Disposition folle",),
    "empty_body": ("Vide", "n’a pas de texte"),
    "encoding_uuencode": ("begin 644",),
    "encrypted_pgp": ("chiffré",),
    "encrypted_pgp_inline": ("chiffré",),
    "encrypted_smime": ("chiffré", "smime.p7m"),
    "encrypted_smime_old_type": ("chiffré", "smime.p7m"),
    "flowed": ("Une phrase qui continue ici.",),
    "header_of_carriage_returns": ("abîmé",),
    "header_with_nul": ("Zero",),
    "headers_alone": ("Rien que des entetes",),
    "headers_in_raw_latin1": ("Réunion de rentrée",),
    "headers_in_raw_utf8": ("Réunion à 18",),
    "html_large_with_text": ("Riche", "très long"),
    "html_of_3_megabytes": ("Texte visible", "très long"),
    "messages_500_deep": ("niveau 0.eml",),
    "nesting_5000": ("piece-jointe.bin",),
    "text_of_5_megabytes": ("Texte visible", "très long"),
    "html_deep": ("n’a pas pu être affiché",),
    "html_empty": ("Sans contenu",),
    "html_growth": ("n’a pas pu être affiché",),
    "html_only": ("coût : 3 €",),
    "html_script": ("Bonjour", "lien"),
    "html_script_alone": ("Rien que du script",),
    "image_without_html": ("ma photo", "photo.png"),
    "line_of_100_kilobytes": ("xxxxx",),
    "message_attached": ("voir",),
    "message_external_body": ("Contenu ailleurs", "ailleurs"),
    "message_external_file": ("Fichier du serveur", "ailleurs"),
    "message_in_message": ("niveau 11",),
    "message_partial": ("Morceau", "partie"),
    "multipart_digest": ("premier",),
    "multipart_without_part": ("Sans partie",),
    "name_absent": ("piece-jointe.pdf",),
    "name_in_encoded_words": ("Emploi du temps été.pdf",),
    "name_in_pieces": ("Élèves de la classe 6e B.pdf",),
    "name_in_pieces_cut_inside_a_character": ("été 100%25 é.txt",),
    "name_in_raw_latin1": ("été.pdf",),
    "name_of_300_characters": ("….pdf",),
    "name_reserved": ("_CON.txt",),
    "name_that_turns_round": ("photogpj.exe",),
    "name_with_line_ends": ("a Set-Cookie_ x=1",),
    "name_with_slashes": ("_.._C__windows_note.pdf",),
    "nesting_60": ("au fond",),
    "no_header": ("Rien que du texte.",),
    "no_header_no_blank_line": ("abîmé",),
    "nothing_but_a_line_end": ("abîmé",),
    "nul_octets": ("avant",),
    "one_line": ("abîmé",),
    "one_space": ("abîmé",),
    "parameters_flood": ("Bonjour.",),
    "parts_2000": ("Miettes",),
    "plain_markup": ("<script>alert(1)</script>",),
    "quoted_printable_broken": ("50 =ZZ",),
    "recipients_2000": ("Bonjour a tous.",),
    "references_flood": ("Bonjour.",),
    "related_image": ("note.pdf",),
    "sender_absent": ("Bonjour.",),
    "sender_broken": ("Bonjour.",),
    "sender_name_is_an_address": ("Texte visible", "pirate@evil.example"),
    "sender_name_turns_round": ("Texte visible", "pirate@evil.example"),
    "sender_that_imitates": ("Votre mot de passe expire.",),
    "signed": ("signe",),
    "signed_envelope": ("Texte visible riche", "note.pdf", "Anne Auteur <anne@librairie.example>"),
    "signed_envelope_changed": ("Texte visible", "ne correspond pas au message"),
    "signed_envelope_cut": ("Texte visible", "n’a pas pu être vérifiée"),
    "signed_envelope_hostile": ("Texte visible", "vient d’une autre adresse"),
    "signed_envelope_in_six_others": ("sous pli fermé", "smime.p7m"),
    "signed_envelope_of_a_million_pieces": ("sous pli fermé", "smime.p7m"),
    "signed_envelope_of_an_encrypted_one": ("chiffré", "smime.p7m"),
    "signed_envelope_open_ended": ("Texte visible", "correspond au message"),
    "signed_opaque": ("signé", "smime.p7m"),
    "subject_cut_inside_a_character": ("Été",),
    "subject_of_60_kilobytes": ("Bonjour.",),
    "subject_with_controls": ("Bonjour.",),
    "tnef_alone": ("winmail.dat",),
    "type_nonsense": ("piece-jointe.bin",),
    "winmail": ("voir winmail",),
}

# What is not in the HTML that reaches the browser, beside what is in none (`EVERYWHERE`).
ABSENT: dict[str, tuple[str, ...]] = {
    "css_escapes": ("url(", "expression(", "binding"),
    "css_expression": ("Texte visible", "Suite visible"),
    "css_image_set": ("url(", "expression(", "binding"),
    "css_javascript": ("url(", "expression(", "binding"),
    "css_url": ("url(", "expression(", "binding"),
    "css_variables": ("url(", "expression(", "binding"),
    "attachment_name_is_markup": ("<img src=x",),
    "charset_utf16_html": ("alert(1)",),
    "css_attribute_selectors": ("evil.example", "faux texte"),
    "css_font_face": ("evil.example", "faux texte"),
    "css_import": ("evil.example", "faux texte"),
    "css_keyframes": ("evil.example", "faux texte"),
    "css_media_rules": ("evil.example", "faux texte"),
    "css_overlay": ("position", "transform", "z-index"),
    "css_pseudo_elements": ("evil.example", "faux texte"),
    "css_sheet_breakout": ("alert(1)",),
    "css_visited": ("evil.example", "faux texte"),
    "header_language_hostile": ("alert", ' lang="fr'),
    "html_base": ("evil.example",),
    "html_data_image_immense": ("data:image",),
    "html_data_images": ("svg+xml", "text/html,"),
    "html_events": ("onclick=",),
    "html_form_of_ours": ("formaction",),
    "html_form_password": ('<input type="password', "<button", "evil.example"),
    "html_iframe_sources": ("evil.example",),
    "html_iframe_srcdoc": ("srcdoc",),
    "html_image_addresses": ("evil.example", "canari=1"),
    "html_image_of_one_pixel": ("evil.example",),
    "html_images_everywhere": ("evil.example",),
    "html_javascript_in_entities": ("alert(1)",),
    "html_javascript_links": ("data:text",),
    "html_link_elements": ("evil.example", "<link"),
    "html_link_of_backslashes": ("\\", 'href="https://evil.example', 'href="https:/webmail'),
    "html_link_under_a_title": ("title=",),
    "html_meta_policy": ("evil.example",),
    "html_meta_refresh": ("refresh", "evil.example"),
    "html_object_embed": ("evil.example",),
    "html_svg_animation": ("alert(1)",),
    "html_svg_requests": ("evil.example",),
    "html_svg_script": ("alert(1)",),
    "link_of_our_class": ("listed", "sain", "title="),
    "message_external_file": ("root:",),
    "quoted_printable_that_hides": ("alert(1)",),
}


@dataclass(frozen=True, slots=True)
class Specimen:
    name: str
    make: Callable[[], bytes]

    @property
    def shown(self) -> tuple[str, ...]:
        return SHOWN.get(self.name, USUAL)

    @property
    def absent(self) -> tuple[str, ...]:
        return EVERYWHERE + ABSENT.get(self.name, ())


SPECIMENS = [
    *(Specimen(path.stem, path.read_bytes) for path in sorted(MUSEUM.glob("*.eml"))),
    *(Specimen(name, make) for name, make in LARGE.items()),
]
BY_NAME = {specimen.name: specimen for specimen in SPECIMENS}
