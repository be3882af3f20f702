"""The signs of what people read on paper and type: temporary passwords, application passwords, recovery codes."""

# Without 0 o 1 l i, and in lower case: it is read on paper, dictated, and typed on a phone. 12 of 31 are 59 bits.
CODE_ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"
