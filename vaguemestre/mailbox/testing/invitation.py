"""Shared by tests: invitation."""


def calendar(event: str, *, method: str = "REQUEST", zone: str = "") -> bytes:
    text = f"""BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//Essai//FR
METHOD:{method}
{zone}BEGIN:VEVENT
UID:abc@x.example
SUMMARY:Conseil de classe
ORGANIZER;CN="Lecomte, Julien":mailto:julien@x.example
ATTENDEE;CN=Anne;PARTSTAT=NEEDS-ACTION:MAILTO:anne@x.example
SEQUENCE:2
{event}
END:VEVENT
END:VCALENDAR
"""
    return text.replace("\n", "\r\n").encode()
