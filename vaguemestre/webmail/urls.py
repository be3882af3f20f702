"""Addresses of the webmail: folders by their permanent id, messages by number, never a name. A verb is a noun."""

from django.urls import path, register_converter

from vaguemestre.mailbox.values import InvalidValue, MailboxId, PartPath, Uid


class _Checked:
    """A value type of the mailbox as part of an address: what it refuses is an address that does not exist."""

    regex = "[^/]+"
    type: type[MailboxId | Uid | PartPath]

    def to_python(self, value: str) -> MailboxId | Uid | PartPath:
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


class PartConverter(_Checked):
    type = PartPath


class KeyConverter:
    """A compose id: it names a folder of files, so nothing but hexadecimal digits."""

    regex = "[0-9a-f]{32}"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(FolderConverter, "folder")
register_converter(UidConverter, "uid")
register_converter(PartConverter, "part")
register_converter(KeyConverter, "key")

from vaguemestre.webmail.views import acts, body, compose, folder, message, reply, tile, waiting  # noqa: E402  # after its converters

app_name = "webmail"
urlpatterns = [
    path("", folder.home, name="home"),
    path("annulation/", acts.undo, name="undo"),
    path("non-lus/", tile.unread_tile, name="unread-tile"),
    path("clavier/", folder.keyboard, name="keyboard"),
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
    path("dossiers/<folder:folder_id>/vidage/", acts.emptying, name="emptying"),
    path("dossiers/<folder:folder_id>/<uid:uid>/", message.message, name="message"),
    path("dossiers/<folder:folder_id>/<uid:uid>/corps/", body.html_body, name="body"),
    path("dossiers/<folder:folder_id>/<uid:uid>/images/<part:part>/", body.inline_image, name="image"),
    path("dossiers/<folder:folder_id>/<uid:uid>/pieces/<part:part>/", body.attachment, name="attachment"),
    path("dossiers/<folder:folder_id>/<uid:uid>/pieces/<part:part>/telechargement/", body.download, name="download"),
    path("dossiers/<folder:folder_id>/<uid:uid>/source/", message.source, name="source"),
    path("dossiers/<folder:folder_id>/<uid:uid>/source/telechargement/", body.source_file, name="source-file"),
    path("dossiers/<folder:folder_id>/<uid:uid>/reponse/", reply.reply, name="reply"),
    path("dossiers/<folder:folder_id>/<uid:uid>/reponse-a-tous/", reply.reply_all, name="reply-all"),
    path("dossiers/<folder:folder_id>/<uid:uid>/transfert/", reply.forward, name="forward"),
    path("dossiers/<folder:folder_id>/<uid:uid>/reprise/", reply.resume, name="resume"),
    path("ecrire/", compose.new, name="compose-new"),
    path("ecrire/retour/", compose.back, name="back"),
    path("ecrire/<key:key>/", compose.draft, name="compose"),
    path("ecrire/<key:key>/abandon/", compose.discard, name="discard"),
    path("ecrire/<key:key>/envoi/", compose.send, name="send"),
    path("ecrire/<key:key>/fermeture/", compose.close, name="close"),
    path("ecrire/<key:key>/pieces/<int:file_id>/retrait/", compose.file_removal, name="file-removal"),
    path("en-attente/", waiting.waiting, name="waiting"),
    path("en-attente/<key:key>/essai/", waiting.retry, name="waiting-retry"),
    path("en-attente/<key:key>/reprise/", waiting.take_back, name="waiting-return"),
]
