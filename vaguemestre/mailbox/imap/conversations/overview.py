"""What a page of a folder tells of its conversations."""

from dataclasses import dataclass

from vaguemestre.mailbox.imap.conversations.conversation_summary import ConversationSummary
from vaguemestre.mailbox.imap.folder_list import FolderList
from vaguemestre.mailbox.imap.wire.connection import Answer
from vaguemestre.mailbox.messages import Page
from vaguemestre.mailbox.values import Uid


@dataclass(frozen=True, slots=True)
class ConversationPage:
    """A page of a folder, `page.folder_total` the number of its conversations; `together` for rows of several messages.
    `messages`: how many there are, or match."""

    page: Page
    together: dict[Uid, ConversationSummary]
    messages: int


type ConversationOverview = tuple[FolderList, ConversationPage, Answer]
