"""How long a message may be called back."""

SECONDS = (5, 10, 20, 30)
