"""Tables of the room."""

from vaguemestre.career.models.cv import CvLine
from vaguemestre.career.models.exchange import Enclosure, Message, Thread
from vaguemestre.career.models.guides import Guide, GuideVersion
from vaguemestre.career.models.history import Post, Source, Step
from vaguemestre.career.models.sessions import CareerSession, LogoutToken

__all__ = [
    "CareerSession",
    "CvLine",
    "Enclosure",
    "Guide",
    "GuideVersion",
    "LogoutToken",
    "Message",
    "Post",
    "Source",
    "Step",
    "Thread",
]
