"""What a page of a folder tells of its conversations."""

from dataclasses import dataclass

from vaguemestre.mailbox.directory import Directory
from vaguemestre.mailbox.messages import Page
from vaguemestre.mailbox.protocol.connection import Answer
from vaguemestre.mailbox.together import Together
from vaguemestre.mailbox.values import Uid


@dataclass(frozen=True, slots=True)
class ConversationPage:
    """A page of a folder, `page.folder_total` the number of its conversations; `together` for rows of several messages.
    `messages`: how many there are, or match."""

    page: Page
    together: dict[Uid, Together]
    messages: int


type ConversationOverview = tuple[Directory, ConversationPage, Answer]
