"""
What a person has typed, brought to one form at both ends of the agents' channel.

A keyboard may send "é" as one character or as two, and figures in full width; to the person they are the same.
"""

from unicodedata import normalize

PASSWORD_MAX = 128  # characters
TYPED_MAX = 4 * PASSWORD_MAX  # as they come from a keyboard


def typed_password(text: str) -> str:
    """
    A password as it is compared and hashed: NFC (RFC 8265, OpaqueString). Blanks stay: they are characters.

    One that is too long for any account is cut before that work is done, and stays too long.
    """
    return normalize("NFC", text[:TYPED_MAX])[: PASSWORD_MAX + 1]


def is_password(value: object) -> bool:
    """Whether it can have been typed as a password; not whether it may be one."""
    return isinstance(value, str) and 0 < len(value) <= TYPED_MAX


def sendable(text: str) -> str:
    """
    What UTF-8 can carry: half a character, which a broken keyboard or file may give, becomes U+FFFD.

    No password may hold that one, so nobody's is guessed by it.
    """
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def typed_text(text: str) -> str:
    """A name or a number: NFKC, so figures and blanks of full width become plain ones; no blanks at its ends."""
    return normalize("NFKC", text).strip()
