"""Tables of the room."""

from vaguemestre.career.models.cv import CvLine
from vaguemestre.career.models.guides import Guide, GuideVersion
from vaguemestre.career.models.history import GradeStep, Post, Source
from vaguemestre.career.models.officer_digests import DeskNews
from vaguemestre.career.models.requests import Campaign, Kind, RequestDocument, RequestEvent, ServiceRequest, Wish
from vaguemestre.career.models.sessions import CareerSession, LogoutToken
from vaguemestre.career.models.topics import Enclosure, Message, Topic

__all__ = [
    "Campaign",
    "CareerSession",
    "CvLine",
    "DeskNews",
    "Enclosure",
    "GradeStep",
    "Guide",
    "GuideVersion",
    "Kind",
    "LogoutToken",
    "Message",
    "Post",
    "RequestDocument",
    "RequestEvent",
    "ServiceRequest",
    "Source",
    "Topic",
    "Wish",
]
