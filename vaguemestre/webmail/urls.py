"""Addresses of the webmail: folders by their permanent id, messages by number, never a name. A verb is a noun."""

from django.urls import URLPattern, URLResolver, include, path, register_converter

from vaguemestre.mailbox.values import InvalidValueError, MailboxId, PiecePath, Uid
from vaguemestre.webmail.screens.actions.views import junk as sorting, messages, progress
from vaguemestre.webmail.screens.assignments import views as assignments
from vaguemestre.webmail.screens.boxes import views as boxes
from vaguemestre.webmail.screens.cleanup.views import attachment_removal, deleted_messages, old_messages, storage
from vaguemestre.webmail.screens.compose.views import (
    browser_drafts,
    draft,
    identity_settings,
    link_attachments,
    presence,
    replies,
    signature_settings,
    template_settings as ready_set,
    templates,
)
from vaguemestre.webmail.screens.folders import views as tree
from vaguemestre.webmail.screens.invitations import views
from vaguemestre.webmail.screens.labels.views import marking as labelling, settings as label_set
from vaguemestre.webmail.screens.message_list import views as pinning
from vaguemestre.webmail.screens.notes import views as notes
from vaguemestre.webmail.screens.outbox.views import (
    follow_up,
    mail_merge,
    mta_queue,
    queue,
    read_receipts,
    resend,
    send,
)
from vaguemestre.webmail.screens.panes.views import folder, new_mail, tile
from vaguemestre.webmail.screens.reader.views import (
    attachments,
    contact_card,
    message,
    message_body,
    printing,
    zip_download,
)
from vaguemestre.webmail.screens.rules.views import absence_reply, blocked_senders, filters, redirection
from vaguemestre.webmail.screens.search import views as search
from vaguemestre.webmail.screens.settings.views import (
    display,
    home,
    keyboard,
    list_mode,
    notifications as arrival_settings,
    read_receipts as receipts,
    sending as sending_settings,
    tips,
)
from vaguemestre.webmail.screens.snooze import views as snooze
from vaguemestre.webmail.screens.trust.views import (
    blocklist,
    image_settings,
    junk_attachments,
    links,
    list_unsubscription,
    permalinks,
    phishing_reports,
    remote_images,
)
from vaguemestre.webmail.shared_addresses import is_in_a_box


class _Checked:
    """A value type of the mailbox as part of an address: what it refuses is an address that does not exist."""

    regex = "[^/]+"
    type: type[MailboxId | Uid | PiecePath]

    def to_python(self, value: str) -> MailboxId | Uid | PiecePath:
        try:
            return self.type(value)
        except InvalidValueError as error:
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


class BoxConverter:
    """The local part of a shared mailbox."""

    regex = "[a-z0-9][a-z0-9.-]{0,63}"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(BoxConverter, "box")
register_converter(FolderConverter, "folder")
register_converter(UidConverter, "uid")
register_converter(PieceConverter, "piece")
register_converter(KeyConverter, "key")

app_name = "webmail"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", folder.home, name="home"),
    path("annulation/", messages.undo, name="undo"),
    path("marques/annulation/", messages.undo_marks, name="marks-undo"),
    path("astuces/", tips.tip, name="tip"),
    path("astuces/arret/", tips.no_more, name="no-tips"),
    path("non-lus/", tile.unread_tile, name="unread-tile"),
    path("boites-non-lus/", boxes.untaken, name="boxes-unread"),
    path("membres/", boxes.members, name="box-members"),
    path("membres/<int:membership>/retrait/", boxes.member_removal, name="box-member-removal"),
    path("membres/retour/", boxes.member_return, name="box-member-return"),
    path("clavier/", keyboard.keyboard, name="keyboard"),
    path("dossiers/<folder:folder_id>/", folder.folder, name="folder"),
    path("dossiers/<folder:folder_id>/archivage/", messages.archive, name="archive"),
    path("dossiers/<folder:folder_id>/suppression/", messages.delete, name="delete"),
    path("dossiers/<folder:folder_id>/suppression/definitive/", messages.delete_for_good, name="delete-for-good"),
    path("dossiers/<folder:folder_id>/deplacement/", messages.move, name="move"),
    path("dossiers/<folder:folder_id>/indesirables/", messages.junk, name="junk"),
    path("dossiers/<folder:folder_id>/lecture/", messages.mark_read, name="read"),
    path("dossiers/<folder:folder_id>/lecture/retrait/", messages.mark_unread, name="unread"),
    path("dossiers/<folder:folder_id>/suivi/", messages.star, name="star"),
    path("dossiers/<folder:folder_id>/suivi/retrait/", messages.unstar, name="unstar"),
    path("dossiers/<folder:folder_id>/attribution/<slug:member>/", assignments.give, name="given"),
    path("dossiers/<folder:folder_id>/attribution/", assignments.free, name="freed"),
    path("dossiers/<folder:folder_id>/traitement/", assignments.done, name="done"),
    path("attributions/annulation/", assignments.undo, name="assignment-undo"),
    path("dossiers/<folder:folder_id>/<uid:uid>/note/", notes.new_note, name="note-new"),
    path("notes/<int:number>/", notes.note, name="note"),
    path("notes/<int:number>/retrait/", notes.note_withdrawal, name="note-withdrawal"),
    path("dossiers/<folder:folder_id>/epingle/", pinning.pin, name="pin"),
    path("dossiers/<folder:folder_id>/epingle/retrait/", pinning.unpin, name="unpin"),
    path("dossiers/<folder:folder_id>/vidage/", messages.emptying, name="emptying"),
    path("dossiers/<folder:folder_id>/<uid:uid>/", message.message, name="message"),
    path("dossiers/<folder:folder_id>/<uid:uid>/ouverture/", message.opening, name="opening"),
    path("dossiers/<folder:folder_id>/<uid:uid>/corps/", message_body.html_body, name="body"),
    path("dossiers/<folder:folder_id>/<uid:uid>/impression/", printing.printed, name="printed"),
    path("dossiers/<folder:folder_id>/<uid:uid>/avance/", message_body.ahead, name="ahead"),
    path("dossiers/<folder:folder_id>/<uid:uid>/images/<piece:part>/", message_body.inline_image, name="image"),
    path("dossiers/<folder:folder_id>/<uid:uid>/source/", message.source, name="source"),
    path("dossiers/<folder:folder_id>/<uid:uid>/acheminement/", mta_queue.waiting, name="underway"),
    path("dossiers/<folder:folder_id>/<uid:uid>/source/telechargement/", message_body.source_file, name="source-file"),
    path("dossiers/<folder:folder_id>/<uid:uid>/presence/", presence.answers, name="answers-in-progress"),
    path("dossiers/<folder:folder_id>/<uid:uid>/reponse/", replies.reply, name="reply"),
    path("dossiers/<folder:folder_id>/<uid:uid>/reponse-a-tous/", replies.reply_all, name="reply-all"),
    path("dossiers/<folder:folder_id>/<uid:uid>/transfert/", replies.forward, name="forward"),
    path("dossiers/<folder:folder_id>/<uid:uid>/relance/", replies.reminder, name="reminder"),
    path("dossiers/<folder:folder_id>/<uid:uid>/reprise/", replies.resume, name="resume"),
    path("dossiers/<folder:folder_id>/<uid:uid>/transfert-entier/", replies.forward_whole, name="forward-whole"),
    path("dossiers/<folder:folder_id>/enregistrement/", zip_download.save_chosen, name="save-chosen"),
    path("dossiers/<folder:folder_id>/transfert/", replies.forward_chosen, name="forward-chosen"),
    path("dossiers/<folder:folder_id>/relance/", replies.reminder_chosen, name="reminder-chosen"),
    path("dossiers/<folder:folder_id>/attente/retrait/", follow_up.settle, name="settled"),
    path("dossiers/<folder:folder_id>/<uid:uid>/a-nouveau/", replies.again, name="again"),
    path("dossiers/<folder:folder_id>/<uid:uid>/renvoi/<key:key>/", resend.resend, name="resend"),
    path("dossiers/<folder:folder_id>/<uid:uid>/accuse/", read_receipts.send, name="receipt"),
    path("dossiers/<folder:folder_id>/<uid:uid>/maintien/", messages.keep, name="keep"),
    path("dossiers/<folder:folder_id>/<uid:uid>/accuse/refus/", read_receipts.refuse, name="receipt-refusal"),
    path("ecrire/", draft.new, name="compose-new"),
    path("ecrire/<key:key>/", draft.draft, name="compose"),
    path("ecrire/<key:key>/abandon/", draft.discard, name="discard"),
    path("ecrire/annulation/", send.call_back, name="send-undo"),
    path("ecrire/<key:key>/texte/", browser_drafts.keep_text, name="text-kept"),
    path("ecrire/copies/", browser_drafts.copies, name="copies"),
    path("ecrire/<key:key>/copie/", browser_drafts.take_up, name="copy"),
    path("ecrire/<key:key>/envoi/", send.send, name="send"),
    path("ecrire/<key:key>/programmation/", send.plan, name="send-later"),
    path("ecrire/<key:key>/copies-cachees/", send.hide_everybody, name="send-hidden"),
    path("ecrire/<key:key>/homonyme/", send.meant_instead, name="send-instead"),
    path("ecrire/<key:key>/fermeture/", draft.close, name="close"),
    path("ecrire/<key:key>/presence/", presence.keepalive, name="answer-keepalive"),
    path("ecrire/<key:key>/expediteur/", draft.sender_change, name="compose-sender"),
    path("ecrire/<key:key>/onglet/", draft.own_tab, name="own-tab"),
    path("ecrire/<key:key>/format/", draft.format_change, name="format"),
    path("ecrire/<key:key>/modele/", templates.insert, name="ready-insert"),
    path("ecrire/<key:key>/modele/retrait/", templates.take_out, name="ready-out"),
    path("ecrire/<key:key>/modele/nouveau/", templates.keep_as_ready, name="ready-keep"),
    path("ecrire/<key:key>/variables/", templates.fill, name="variables"),
    path("ecrire/<key:key>/images/", draft.pictures, name="compose-images"),
    path("ecrire/<key:key>/images/<int:file_id>/", draft.picture, name="compose-image"),
    path("ecrire/<key:key>/pieces/<int:file_id>/retrait/", draft.file_removal, name="file-removal"),
    path("ecrire/<key:key>/pieces/<int:file_id>/lien/", link_attachments.instead, name="link-instead"),
    path("ecrire/<key:key>/liens/", link_attachments.begin, name="link-new"),
    path("ecrire/<key:key>/liens/<slug:handout>/retrait/", link_attachments.removal, name="link-removal"),
    path("reglages/", home.home, name="settings"),
    path("reglages/premiere/", home.welcome, name="settings-welcome"),
    path("reglages/etat/", home.tile, name="settings-tile"),
    path("reglages/signature/", signature_settings.signature, name="signature"),
    path("reglages/signature/reprise/", signature_settings.reset, name="signature-reset"),
    path("reglages/signature/usage/", signature_settings.use, name="signature-use"),
    path("reglages/signature/autre/", signature_settings.another, name="signature-new"),
    path("reglages/signature/images/", signature_settings.pictures, name="signature-images"),
    path("reglages/signature/images/<int:picture_id>/", signature_settings.picture, name="signature-image"),
    path("reglages/signature/<slug:signature_id>/", signature_settings.another, name="signature-other"),
    path("reglages/signature/<slug:signature_id>/retrait/", signature_settings.removal, name="signature-removal"),
    path("reglages/absence/", absence_reply.absence, name="absence"),
    path("reglages/absence/dates/", absence_reply.dates, name="absence-dates"),
    path("reglages/absence/fin/", absence_reply.end, name="absence-end"),
    path("reglages/identites/", identity_settings.identities, name="identities"),
    path("reglages/envoi/", sending_settings.sending, name="sending"),
    path("reglages/accuses/", receipts.receipts, name="receipts"),
    path("reglages/redirection/", redirection.redirection, name="redirection"),
    path("reglages/redirection/code/", redirection.code, name="redirection-code"),
    path("reglages/redirection/retrait/", redirection.removal, name="redirection-removal"),
    path("en-attente/", queue.waiting, name="waiting"),
    path("en-attente/<key:key>/essai/", queue.retry, name="waiting-retry"),
    path("en-attente/<key:key>/reprise/", queue.take_back, name="waiting-return"),
    path("en-attente/<key:key>/heure/", queue.change_hour, name="waiting-hour"),
    path("en-attente/<key:key>/envoi/", queue.send_now, name="waiting-now"),
    path("en-attente/<key:key>/annulation/", queue.cancel, name="waiting-cancel"),
    path("dossiers/<folder:folder_id>/<uid:uid>/depli/", message.unfolded, name="unfolded"),
    path("reglages/lecture/", list_mode.list_mode, name="list-mode"),
    path("reglages/affichage/", display.display, name="display"),
    path("reglages/liste/", display.reading, name="reading"),
    path("reglages/affichage/part/", display.share, name="share"),
    path("reglages/affichage/colonne/", display.column, name="folders-width"),
    path("travaux/", progress.progress, name="bulk"),
    path("travaux/<key:key>/arret/", progress.stop, name="bulk-stop"),
    path("travaux/<key:key>/annulation/", progress.undo, name="bulk-undo"),
    path("travaux/<key:key>/retrait/", progress.away, name="bulk-away"),
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
    path("dossiers/gestion/vidage/", tree.emptying, name="folder-emptying"),
    path("dossiers/gestion/anciens/", old_messages.older, name="folder-older"),
    path("dossiers/gestion/masquage/", tree.hide, name="folder-hide"),
    path("dossiers/gestion/masquage/retrait/", tree.unhide, name="folder-unhide"),
    path("dossiers/gestion/repli/", tree.fold, name="folder-fold"),
    path("dossiers/gestion/annulation/", tree.undo, name="folder-undo"),
    # Results of a search are a list whose messages lie in several folders: its acts stand where a folder's do.
    path("recherche/", search.search, name="search"),
    path("recherche/recentes/", search.recent_searches, name="recent-searches"),
    path("recherche/recentes/retrait/", search.forgetting, name="recent-searches-removal"),
    path("dossiers/recherche/transfert/", replies.forward_chosen, name="found-forward-chosen"),
    path("dossiers/recherche/enregistrement/", zip_download.save_chosen, name="found-save-chosen"),
    path("dossiers/recherche/archivage/", messages.archive, name="found-archive"),
    path("dossiers/recherche/suppression/", messages.delete, name="found-delete"),
    path("dossiers/recherche/suppression/definitive/", messages.delete_for_good, name="found-delete-for-good"),
    path("dossiers/recherche/deplacement/", messages.move, name="found-move"),
    path("dossiers/recherche/indesirables/", messages.junk, name="found-junk"),
    path("dossiers/recherche/lecture/", messages.mark_read, name="found-read"),
    path("dossiers/recherche/lecture/retrait/", messages.mark_unread, name="found-unread"),
    path("dossiers/recherche/suivi/", messages.star, name="found-star"),
    path("dossiers/recherche/suivi/retrait/", messages.unstar, name="found-unstar"),
    path("dossiers/recherche/etiquettes/", labelling.label, name="found-label"),
    path("dossiers/recherche/indesirables/retrait/", sorting.not_junk, name="found-not-junk"),
    path("dossiers/recherche/relance/", replies.reminder_found, name="found-reminder-chosen"),
    path("dossiers/recherche/attente/retrait/", follow_up.settle, name="found-settled"),
    path("dossiers/recherche/plus-tard/", snooze.later, name="found-later"),
    path("dossiers/recherche/plus-tard/retour/", snooze.back_now, name="found-back-now"),
    # Who wrote, and what a message may do: images, links, lists, traps.
    path("miniatures/<folder:folder_id>/<uid:uid>/", attachments.thumbnail, name="thumbnail"),  # nginx knows it
    path("distantes/<folder:folder_id>/<uid:uid>/", remote_images.remote_image, name="remote-image"),  # nginx knows it
    path("dossiers/<folder:folder_id>/<uid:uid>/images/", remote_images.trust, name="image-trust"),
    path(
        "dossiers/<folder:folder_id>/<uid:uid>/desinscription/", list_unsubscription.unsubscribe, name="unsubscription"
    ),
    path("dossiers/<folder:folder_id>/<uid:uid>/signalement/", phishing_reports.report, name="report"),
    path("dossiers/<folder:folder_id>/<uid:uid>/blocage/", blocked_senders.block, name="block"),
    path("blocage/annulation/", blocked_senders.unblock, name="block-undo"),
    path("lien/", links.link, name="link"),
    path("adresses-suspectes/", blocklist.suspects, name="suspects"),
    path("adresses-suspectes/ajout/", blocklist.addition, name="suspect-addition"),
    path("adresses-suspectes/retrait/", blocklist.removal, name="suspect-removal"),
    path("message/<slug:word>/", permalinks.found_message, name="found-message"),
    path("reglages/images/", image_settings.images, name="images"),
    path("reglages/images/contacts/", image_settings.contacts, name="image-trust-contacts"),
    path("reglages/images/<int:trust_id>/retrait/", image_settings.removal, name="image-trust-removal"),
    path("dossiers/<folder:folder_id>/<uid:uid>/retenue/levee/", junk_attachments.show, name="held-removal"),
    path("dossiers/<folder:folder_id>/<uid:uid>/pieces/ensemble/", attachments.bundle, name="bundle"),
    path("dossiers/<folder:folder_id>/<uid:uid>/pieces/retrait/", attachment_removal.lighten, name="lightening"),
    path("dossiers/<folder:folder_id>/<uid:uid>/pieces/<piece:path>/", attachments.attachment, name="attachment"),
    path("dossiers/<folder:folder_id>/<uid:uid>/pieces/<piece:path>/vue/", attachments.viewer, name="viewer"),
    path(
        "dossiers/<folder:folder_id>/<uid:uid>/pieces/<piece:path>/telechargement/",
        attachments.download,
        name="download",
    ),
    path("dossiers/<folder:folder_id>/<uid:uid>/pieces/<piece:path>/pdf/", attachments.converted, name="converted"),
    path("dossiers/<folder:folder_id>/<uid:uid>/pieces/<piece:path>/image/", attachments.redrawn_image, name="redrawn"),
    path("dossiers/<folder:folder_id>/<uid:uid>/pieces/<piece:path>/corps/", attachments.body, name="piece-body"),
    path("dossiers/<folder:folder_id>/<uid:uid>/pieces/<piece:path>/reponse/", views.answer, name="attendance"),
    path(
        "dossiers/<folder:folder_id>/<uid:uid>/pieces/<piece:path>/contacts/", contact_card.keep, name="card-addition"
    ),
    # Time and space
    path("dossiers/<folder:folder_id>/plus-tard/", snooze.later, name="later"),
    path("dossiers/<folder:folder_id>/plus-tard/retour/", snooze.back_now, name="back-now"),
    path("reglages/place/", storage.space, name="space"),
    path("reglages/place/suppression/", storage.deletion, name="space-deletion"),
    path("reglages/place/retrait/", storage.removal, name="space-removal"),
    path("reglages/place/retrait/annulation/", attachment_removal.undo, name="space-undo"),
    path("recuperation/", deleted_messages.recovery, name="recovery"),
    path("recuperation/retour/", deleted_messages.bring_back, name="recovery-return"),
    path("recuperation/suppression/", deleted_messages.erase, name="recovery-erasure"),
    path("recuperation/annulation/", deleted_messages.undo, name="recovery-undo"),
    path("reglages/arrivee/", arrival_settings.arrival, name="arrival"),
    # Mailings
    path("ecrire/<key:key>/publipostage/", mail_merge.begin, name="mailing-new"),
    path("publipostage/", mail_merge.mailings, name="mailings"),
    path("publipostage/<key:key>/", mail_merge.mailing, name="mailing"),
    path("publipostage/<key:key>/tableau/", mail_merge.put_table, name="mailing-table"),
    path("publipostage/<key:key>/lettres/<int:number>/", mail_merge.body, name="mailing-body"),
    path("publipostage/<key:key>/envoi/", mail_merge.send, name="mailing-send"),
    path("publipostage/<key:key>/arret/", mail_merge.stop, name="mailing-stop"),
    path("publipostage/<key:key>/suite/", mail_merge.resume, name="mailing-resume"),
    path("publipostage/<key:key>/annulation/", mail_merge.call_back, name="mailing-undo"),
    path("publipostage/<key:key>/relance/", mail_merge.write_again, name="mailing-again"),
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
    path("arrivee/", new_mail.news, name="news"),
    path("application.webmanifest", new_mail.manifest, name="manifest"),
    path("annonces.js", new_mail.notices, name="notices"),
]
# The same once more, of a shared mailbox: `with_mailbox` takes its name out of the address. Before the others, all of
# which would be tried first.
_shared = [one for one in urlpatterns if isinstance(one, URLPattern) and is_in_a_box(one.name or "")]
urlpatterns.insert(0, path("boites/<box:boite>/", include(_shared)))
