"""Who follows people: rooms above that keep something of them (`web.ports`)."""

from vaguemestre.clock.due import Job
from vaguemestre.web.ports import Port

feed_followers = Port[Job]("people.feed_followers")  # recurring jobs that come at once when a feed has changed people
