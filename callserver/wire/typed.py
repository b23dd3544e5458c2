"""
What a person has typed, brought to one form at both ends of the agents' channel.

A keyboard may send "é" as one character or as two, and figures in full width; to the person they are the same.
"""

from unicodedata import normalize

PASSWORD_MAX = 128  # characters


def typed_password(text: str) -> str:
    """
    A password as it is compared and hashed: NFC (RFC 8265, OpaqueString). Blanks stay: they are characters.

    One that is too long for any account is cut before that work is done, and stays too long.
    """
    return normalize("NFC", text[: 4 * PASSWORD_MAX])[: PASSWORD_MAX + 1]


def typed_text(text: str) -> str:
    """A name or a number: NFKC, so figures and blanks of full width become plain ones; no blanks at its ends."""
    return normalize("NFKC", text).strip()
