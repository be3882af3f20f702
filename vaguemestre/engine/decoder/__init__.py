"""The words of attached documents, for Dovecot's index: PDF, RTF, the formats of office programs, zipped or older,
and messages in signed envelopes.

`python -P -m vaguemestre.engine.decoder SOCKET` is a process of its own, without Django, under a user who owns nothing.
Dovecot's indexer hands it each attachment of a kind that it knows; what it answers is indexed as a part of the message.
Strangers wrote these documents: a child reads each, without network and with little memory and time. Whatever becomes
of it, the answer is what was read until then, or nothing, and the other words of the message are indexed all the same.
"""
