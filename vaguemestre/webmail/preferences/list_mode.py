"""Conversations or messages, as an address says it."""

FLAT = "messages"
