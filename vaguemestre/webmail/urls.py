"""Addresses of the webmail: folders by their permanent id, messages by number, never a name. A verb is a noun."""

from django.urls import path, register_converter

from vaguemestre.mailbox.values import InvalidValue, MailboxId, PiecePath, Uid
from vaguemestre.webmail.views import (
    acts,
    arrival,
    blocking,
    body,
    bulk,
    by_link,
    compose,
    folder,
    held,
    invitation,
    keyboard,
    lightening,
    link,
    list_mode,
    mailing,
    message,
    older,
    permanent,
    pictures,
    piece,
    pinning,
    printing,
    ready,
    receipt,
    recovery,
    reply,
    report,
    resending,
    saving,
    search,
    sending,
    snooze,
    spare,
    suspects,
    tile,
    tips,
    unanswered,
    underway,
    unsubscription,
    visiting,
    waiting,
)
from vaguemestre.webmail.views import folders as tree
from vaguemestre.webmail.views import junk as sorting
from vaguemestre.webmail.views import labels as labelling
from vaguemestre.webmail.views.settings import (
    absence,
    display,
    filters,
    home,
    identities,
    images,
    receipts,
    redirection,
    signature,
    space,
)
from vaguemestre.webmail.views.settings import arrival as arrival_settings
from vaguemestre.webmail.views.settings import labels as label_set
from vaguemestre.webmail.views.settings import ready as ready_set
from vaguemestre.webmail.views.settings import sending as sending_settings


class _Checked:
    """A value type of the mailbox as part of an address: what it refuses is an address that does not exist."""

    regex = "[^/]+"
    type: type[MailboxId | Uid | PiecePath]

    def to_python(self, value: str) -> MailboxId | Uid | PiecePath:
        try:
            return self.type(value)
        except InvalidValue as error:
            raise ValueError(str(error)) from error

    def to_url(self, value: object) -> str:
        return str(value)


class FolderConverter(_Checked):
    type = MailboxId


class UidConverter(_Checked):
    type = Uid


class PieceConverter(_Checked):
    type = PiecePath


class KeyConverter:
    """A compose id: it names a folder of files, so nothing but hexadecimal digits."""

    regex = "[0-9a-f]{32}"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(FolderConverter, "folder")
register_converter(UidConverter, "uid")
register_converter(PieceConverter, "piece")
register_converter(KeyConverter, "key")

app_name = "webmail"
urlpatterns = [
    path("", folder.home, name="home"),
    path("annulation/", acts.undo, name="undo"),
    path("marques/annulation/", acts.undo_marks, name="marks-undo"),
    path("astuces/", tips.tip, name="tip"),
    path("astuces/arret/", tips.no_more, name="no-tips"),
    path("non-lus/", tile.unread_tile, name="unread-tile"),
    path("clavier/", keyboard.keyboard, name="keyboard"),
    path("dossiers/<folder:folder_id>/", folder.folder, name="folder"),
    path("dossiers/<folder:folder_id>/archivage/", acts.archive, name="archive"),
    path("dossiers/<folder:folder_id>/suppression/", acts.delete, name="delete"),
    path("dossiers/<folder:folder_id>/suppression/definitive/", acts.delete_for_good, name="delete-for-good"),
    path("dossiers/<folder:folder_id>/deplacement/", acts.move, name="move"),
    path("dossiers/<folder:folder_id>/indesirables/", acts.junk, name="junk"),
    path("dossiers/<folder:folder_id>/lecture/", acts.mark_read, name="read"),
    path("dossiers/<folder:folder_id>/lecture/retrait/", acts.mark_unread, name="unread"),
    path("dossiers/<folder:folder_id>/suivi/", acts.star, name="star"),
    path("dossiers/<folder:folder_id>/suivi/retrait/", acts.unstar, name="unstar"),
    path("dossiers/<folder:folder_id>/epingle/", pinning.pin, name="pin"),
    path("dossiers/<folder:folder_id>/epingle/retrait/", pinning.unpin, name="unpin"),
    path("dossiers/<folder:folder_id>/vidage/", acts.emptying, name="emptying"),
    path("dossiers/<folder:folder_id>/<uid:uid>/", message.message, name="message"),
    path("dossiers/<folder:folder_id>/<uid:uid>/ouverture/", message.opening, name="opening"),
    path("dossiers/<folder:folder_id>/<uid:uid>/corps/", body.html_body, name="body"),
    path("dossiers/<folder:folder_id>/<uid:uid>/impression/", printing.printed, name="printed"),
    path("dossiers/<folder:folder_id>/<uid:uid>/avance/", body.ahead, name="ahead"),
    path("dossiers/<folder:folder_id>/<uid:uid>/images/<piece:part>/", body.inline_image, name="image"),
    path("dossiers/<folder:folder_id>/<uid:uid>/source/", message.source, name="source"),
    path("dossiers/<folder:folder_id>/<uid:uid>/acheminement/", underway.waiting, name="underway"),
    path("dossiers/<folder:folder_id>/<uid:uid>/source/telechargement/", body.source_file, name="source-file"),
    path("dossiers/<folder:folder_id>/<uid:uid>/reponse/", reply.reply, name="reply"),
    path("dossiers/<folder:folder_id>/<uid:uid>/reponse-a-tous/", reply.reply_all, name="reply-all"),
    path("dossiers/<folder:folder_id>/<uid:uid>/transfert/", reply.forward, name="forward"),
    path("dossiers/<folder:folder_id>/<uid:uid>/relance/", reply.reminder, name="reminder"),
    path("dossiers/<folder:folder_id>/<uid:uid>/reprise/", reply.resume, name="resume"),
    path("dossiers/<folder:folder_id>/<uid:uid>/transfert-entier/", reply.forward_whole, name="forward-whole"),
    path("dossiers/<folder:folder_id>/enregistrement/", saving.save_chosen, name="save-chosen"),
    path("dossiers/<folder:folder_id>/transfert/", reply.forward_chosen, name="forward-chosen"),
    path("dossiers/<folder:folder_id>/relance/", reply.reminder_chosen, name="reminder-chosen"),
    path("dossiers/<folder:folder_id>/attente/retrait/", unanswered.settle, name="settled"),
    path("dossiers/<folder:folder_id>/<uid:uid>/a-nouveau/", reply.again, name="again"),
    path("dossiers/<folder:folder_id>/<uid:uid>/renvoi/<key:key>/", resending.resend, name="resend"),
    path("dossiers/<folder:folder_id>/<uid:uid>/accuse/", receipt.send, name="receipt"),
    path("dossiers/<folder:folder_id>/<uid:uid>/maintien/", acts.keep, name="keep"),
    path("dossiers/<folder:folder_id>/<uid:uid>/accuse/refus/", receipt.refuse, name="receipt-refusal"),
    path("ecrire/", compose.new, name="compose-new"),
    path("ecrire/<key:key>/", compose.draft, name="compose"),
    path("ecrire/<key:key>/abandon/", compose.discard, name="discard"),
    path("ecrire/annulation/", sending.call_back, name="send-undo"),
    path("ecrire/copies/", spare.copies, name="copies"),
    path("ecrire/<key:key>/copie/", spare.take_up, name="copy"),
    path("ecrire/<key:key>/envoi/", sending.send, name="send"),
    path("ecrire/<key:key>/programmation/", sending.plan, name="send-later"),
    path("ecrire/<key:key>/copies-cachees/", sending.hide_everybody, name="send-hidden"),
    path("ecrire/<key:key>/homonyme/", sending.meant_instead, name="send-instead"),
    path("ecrire/<key:key>/fermeture/", compose.close, name="close"),
    path("ecrire/<key:key>/expediteur/", compose.sender_change, name="compose-sender"),
    path("ecrire/<key:key>/onglet/", compose.own_tab, name="own-tab"),
    path("ecrire/<key:key>/format/", compose.format_change, name="format"),
    path("ecrire/<key:key>/modele/", ready.insert, name="ready-insert"),
    path("ecrire/<key:key>/modele/retrait/", ready.take_out, name="ready-out"),
    path("ecrire/<key:key>/modele/nouveau/", ready.keep_as_ready, name="ready-keep"),
    path("ecrire/<key:key>/variables/", ready.fill, name="variables"),
    path("ecrire/<key:key>/images/", compose.pictures, name="compose-images"),
    path("ecrire/<key:key>/images/<int:file_id>/", compose.picture, name="compose-image"),
    path("ecrire/<key:key>/pieces/<int:file_id>/retrait/", compose.file_removal, name="file-removal"),
    path("ecrire/<key:key>/pieces/<int:file_id>/lien/", by_link.instead, name="link-instead"),
    path("ecrire/<key:key>/liens/", by_link.begin, name="link-new"),
    path("ecrire/<key:key>/liens/<slug:handout>/retrait/", by_link.removal, name="link-removal"),
    path("reglages/", home.home, name="settings"),
    path("reglages/premiere/", home.welcome, name="settings-welcome"),
    path("reglages/etat/", home.tile, name="settings-tile"),
    path("reglages/signature/", signature.signature, name="signature"),
    path("reglages/signature/reprise/", signature.reset, name="signature-reset"),
    path("reglages/signature/usage/", signature.use, name="signature-use"),
    path("reglages/signature/autre/", signature.another, name="signature-new"),
    path("reglages/signature/images/", signature.pictures, name="signature-images"),
    path("reglages/signature/images/<int:picture_id>/", signature.picture, name="signature-image"),
    path("reglages/signature/<slug:signature_id>/", signature.another, name="signature-other"),
    path("reglages/signature/<slug:signature_id>/retrait/", signature.removal, name="signature-removal"),
    path("reglages/absence/", absence.absence, name="absence"),
    path("reglages/absence/dates/", absence.dates, name="absence-dates"),
    path("reglages/absence/fin/", absence.end, name="absence-end"),
    path("reglages/identites/", identities.identities, name="identities"),
    path("reglages/envoi/", sending_settings.sending, name="sending"),
    path("reglages/accuses/", receipts.receipts, name="receipts"),
    path("reglages/redirection/", redirection.redirection, name="redirection"),
    path("reglages/redirection/code/", redirection.code, name="redirection-code"),
    path("reglages/redirection/retrait/", redirection.removal, name="redirection-removal"),
    path("en-attente/", waiting.waiting, name="waiting"),
    path("en-attente/<key:key>/essai/", waiting.retry, name="waiting-retry"),
    path("en-attente/<key:key>/reprise/", waiting.take_back, name="waiting-return"),
    path("en-attente/<key:key>/heure/", waiting.change_hour, name="waiting-hour"),
    path("en-attente/<key:key>/envoi/", waiting.send_now, name="waiting-now"),
    path("en-attente/<key:key>/annulation/", waiting.cancel, name="waiting-cancel"),
    path("dossiers/<folder:folder_id>/<uid:uid>/depli/", message.unfolded, name="unfolded"),
    path("reglages/lecture/", list_mode.list_mode, name="list-mode"),
    path("reglages/affichage/", display.display, name="display"),
    path("reglages/affichage/part/", display.share, name="share"),
    path("reglages/affichage/colonne/", display.column, name="folders-width"),
    path("travaux/", bulk.progress, name="bulk"),
    path("travaux/<key:key>/arret/", bulk.stop, name="bulk-stop"),
    path("travaux/<key:key>/annulation/", bulk.undo, name="bulk-undo"),
    path("travaux/<key:key>/retrait/", bulk.away, name="bulk-away"),
    # Labels and folders
    path("dossiers/<folder:folder_id>/indesirables/retrait/", sorting.not_junk, name="not-junk"),
    path("dossiers/<folder:folder_id>/etiquettes/", labelling.label, name="label"),
    path("reglages/etiquettes/", label_set.labels, name="labels"),
    path("reglages/etiquettes/changement/", label_set.change, name="label-change"),
    path("reglages/etiquettes/ordre/", label_set.order, name="label-order"),
    path("reglages/etiquettes/suppression/", label_set.removal, name="label-removal"),
    path("reglages/etiquettes/retour/", label_set.restore, name="label-return"),
    path("dossiers/gestion/", tree.manage, name="folders"),
    path("dossiers/gestion/nouveau/", tree.new, name="folder-new"),
    path("dossiers/gestion/changement/", tree.change, name="folder-change"),
    path("dossiers/gestion/suppression/", tree.removal, name="folder-removal"),
    path("dossiers/gestion/anciens/", older.older, name="folder-older"),
    path("dossiers/gestion/masquage/", tree.hide, name="folder-hide"),
    path("dossiers/gestion/masquage/retrait/", tree.unhide, name="folder-unhide"),
    path("dossiers/gestion/repli/", tree.fold, name="folder-fold"),
    path("dossiers/gestion/annulation/", tree.undo, name="folder-undo"),
    # Results of a search are a list whose messages lie in several folders: its acts stand where a folder's do.
    path("recherche/", search.search, name="search"),
    path("recherche/recentes/", search.recent_searches, name="recent-searches"),
    path("recherche/recentes/retrait/", search.forgetting, name="recent-searches-removal"),
    path("dossiers/recherche/transfert/", reply.forward_chosen, name="found-forward-chosen"),
    path("dossiers/recherche/enregistrement/", saving.save_chosen, name="found-save-chosen"),
    path("dossiers/recherche/archivage/", acts.archive, name="found-archive"),
    path("dossiers/recherche/suppression/", acts.delete, name="found-delete"),
    path("dossiers/recherche/suppression/definitive/", acts.delete_for_good, name="found-delete-for-good"),
    path("dossiers/recherche/deplacement/", acts.move, name="found-move"),
    path("dossiers/recherche/indesirables/", acts.junk, name="found-junk"),
    path("dossiers/recherche/lecture/", acts.mark_read, name="found-read"),
    path("dossiers/recherche/lecture/retrait/", acts.mark_unread, name="found-unread"),
    path("dossiers/recherche/suivi/", acts.star, name="found-star"),
    path("dossiers/recherche/suivi/retrait/", acts.unstar, name="found-unstar"),
    path("dossiers/recherche/etiquettes/", labelling.label, name="found-label"),
    path("dossiers/recherche/indesirables/retrait/", sorting.not_junk, name="found-not-junk"),
    path("dossiers/recherche/relance/", reply.reminder_found, name="found-reminder-chosen"),
    path("dossiers/recherche/attente/retrait/", unanswered.settle, name="found-settled"),
    path("dossiers/recherche/plus-tard/", snooze.later, name="found-later"),
    path("dossiers/recherche/plus-tard/retour/", snooze.back_now, name="found-back-now"),
    # Who wrote, and what a message may do: images, links, lists, traps.
    path("miniatures/<folder:folder_id>/<uid:uid>/", piece.thumbnail, name="thumbnail"),  # nginx knows it
    path("distantes/<folder:folder_id>/<uid:uid>/", pictures.remote_image, name="remote-image"),  # nginx knows it
    path("dossiers/<folder:folder_id>/<uid:uid>/images/", pictures.trust, name="image-trust"),
    path("dossiers/<folder:folder_id>/<uid:uid>/desinscription/", unsubscription.unsubscribe, name="unsubscription"),
    path("dossiers/<folder:folder_id>/<uid:uid>/signalement/", report.report, name="report"),
    path("dossiers/<folder:folder_id>/<uid:uid>/blocage/", blocking.block, name="block"),
    path("blocage/annulation/", blocking.unblock, name="block-undo"),
    path("lien/", link.link, name="link"),
    path("adresses-suspectes/", suspects.suspects, name="suspects"),
    path("adresses-suspectes/ajout/", suspects.addition, name="suspect-addition"),
    path("adresses-suspectes/retrait/", suspects.removal, name="suspect-removal"),
    path("message/<slug:word>/", permanent.found_message, name="found-message"),
    path("reglages/images/", images.images, name="images"),
    path("reglages/images/contacts/", images.contacts, name="image-trust-contacts"),
    path("reglages/images/<int:trust_id>/retrait/", images.removal, name="image-trust-removal"),
    path("dossiers/<folder:folder_id>/<uid:uid>/retenue/levee/", held.show, name="held-removal"),
    path("dossiers/<folder:folder_id>/<uid:uid>/pieces/ensemble/", piece.bundle, name="bundle"),
    path("dossiers/<folder:folder_id>/<uid:uid>/pieces/retrait/", lightening.lighten, name="lightening"),
    path("dossiers/<folder:folder_id>/<uid:uid>/pieces/<piece:path>/", piece.attachment, name="attachment"),
    path("dossiers/<folder:folder_id>/<uid:uid>/pieces/<piece:path>/vue/", piece.viewer, name="viewer"),
    path("dossiers/<folder:folder_id>/<uid:uid>/pieces/<piece:path>/telechargement/", piece.download, name="download"),
    path("dossiers/<folder:folder_id>/<uid:uid>/pieces/<piece:path>/pdf/", piece.converted, name="converted"),
    path("dossiers/<folder:folder_id>/<uid:uid>/pieces/<piece:path>/image/", piece.redrawn_image, name="redrawn"),
    path("dossiers/<folder:folder_id>/<uid:uid>/pieces/<piece:path>/corps/", piece.body, name="piece-body"),
    path(
        "dossiers/<folder:folder_id>/<uid:uid>/pieces/<piece:path>/reponse/",
        invitation.answer,
        name="attendance",
    ),
    path(
        "dossiers/<folder:folder_id>/<uid:uid>/pieces/<piece:path>/contacts/",
        visiting.keep,
        name="card-addition",
    ),
    # Time and space
    path("dossiers/<folder:folder_id>/plus-tard/", snooze.later, name="later"),
    path("dossiers/<folder:folder_id>/plus-tard/retour/", snooze.back_now, name="back-now"),
    path("reglages/place/", space.space, name="space"),
    path("reglages/place/suppression/", space.deletion, name="space-deletion"),
    path("reglages/place/retrait/", space.removal, name="space-removal"),
    path("reglages/place/retrait/annulation/", lightening.undo, name="space-undo"),
    path("recuperation/", recovery.recovery, name="recovery"),
    path("recuperation/retour/", recovery.bring_back, name="recovery-return"),
    path("recuperation/suppression/", recovery.erase, name="recovery-erasure"),
    path("recuperation/annulation/", recovery.undo, name="recovery-undo"),
    path("reglages/arrivee/", arrival_settings.arrival, name="arrival"),
    # Mailings
    path("ecrire/<key:key>/publipostage/", mailing.begin, name="mailing-new"),
    path("publipostage/", mailing.mailings, name="mailings"),
    path("publipostage/<key:key>/", mailing.mailing, name="mailing"),
    path("publipostage/<key:key>/tableau/", mailing.put_table, name="mailing-table"),
    path("publipostage/<key:key>/lettres/<int:number>/", mailing.body, name="mailing-body"),
    path("publipostage/<key:key>/envoi/", mailing.send, name="mailing-send"),
    path("publipostage/<key:key>/arret/", mailing.stop, name="mailing-stop"),
    path("publipostage/<key:key>/suite/", mailing.resume, name="mailing-resume"),
    path("publipostage/<key:key>/annulation/", mailing.call_back, name="mailing-undo"),
    path("publipostage/<key:key>/relance/", mailing.write_again, name="mailing-again"),
    # Ready-made letters
    path("reglages/modeles/", ready_set.ready, name="ready"),
    path("reglages/modeles/nouveau/", ready_set.letter, name="ready-new"),
    path("reglages/modeles/images/", ready_set.pictures, name="ready-images"),
    path("reglages/modeles/retour/", ready_set.restore, name="ready-restore"),
    path("reglages/modeles/<slug:ready_id>/", ready_set.letter, name="ready-letter"),
    path("reglages/modeles/<slug:ready_id>/copie/", ready_set.copy, name="ready-copy"),
    path("reglages/modeles/<slug:ready_id>/suppression/", ready_set.removal, name="ready-removal"),
    # Filters
    path("reglages/filtres/", filters.filters, name="filters"),
    path("reglages/filtres/nouveau/", filters.new_filter, name="filter-new"),
    path("dossiers/<folder:folder_id>/<uid:uid>/filtre/", filters.like_message, name="filter-like"),
    path("reglages/filtres/retour/", filters.restore, name="filter-restore"),
    path("reglages/filtres/<int:filter_id>/", filters.change_filter, name="filter"),
    path("reglages/filtres/<int:filter_id>/suppression/", filters.remove, name="filter-removal"),
    path("reglages/filtres/<int:filter_id>/marche/", filters.switch, name="filter-switch"),
    path("reglages/filtres/<int:filter_id>/ordre/", filters.order, name="filter-order"),
    path("reglages/filtres/<int:filter_id>/application/", filters.application, name="filter-application"),
    path("arrivee/", arrival.news, name="news"),
    path("application.webmanifest", arrival.manifest, name="manifest"),
    path("annonces.js", arrival.notices, name="notices"),
]
