"""What a folder holds already, so that nothing is stored twice. Remembered between two slices of this process."""

from collections import OrderedDict

from vaguemestre.mailbox.imap.session import Session
from vaguemestre.mailbox.messages import Folder
from vaguemestre.mailbox.values import MailboxId, Uid

FOLDERS = 8  # remembered: of a hundred thousand messages one takes some fifteen megabytes


class KnownMessages:
    def __init__(self) -> None:
        self._uids: dict[bytes, Uid] = {}
        self._below = 1  # numbers from here on are not known yet

    def look(self, session: Session, folder: MailboxId, below: int) -> None:
        """What came since the last look, from us or from others."""
        if below > self._below:
            found = session.identities(folder, since=self._below, below=below)
            self._uids.update((identity, uid) for uid, identity in found.items())
            self._below = below

    def find(self, identity: bytes) -> Uid | None:
        return self._uids.get(identity)

    def put(self, identity: bytes, uid: Uid) -> None:
        self._uids[identity] = uid


_shelves: OrderedDict[tuple[str, str, int], KnownMessages] = OrderedDict()


def known_messages(intake_key: str, session: Session, folder: Folder) -> KnownMessages:
    assert folder.id is not None  # noqa: S101 - it can be opened
    name = (intake_key, folder.id, folder.uid_validity)
    shelf = _shelves.setdefault(name, KnownMessages())
    _shelves.move_to_end(name)
    while len(_shelves) > FOLDERS:
        _shelves.popitem(last=False)
    shelf.look(session, folder.id, folder.uid_next)
    return shelf


def forget_known(intake_key: str) -> None:
    for name in [name for name in _shelves if name[0] == intake_key]:
        del _shelves[name]
