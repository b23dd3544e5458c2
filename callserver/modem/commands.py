"""What is said to a voice modem in command state (ITU-T V.250, V.253)."""

import re

from callserver.modem.dle import ABORT_RECEIVE, END_DUPLEX, END_TRANSMIT

# Frees a modem that a crash has left in +VTX, +VRX or +VTR; does nothing in command state.
RESCUE = END_TRANSMIT + ABORT_RECEIVE + END_DUPLEX + b"\r"
ABORT_DIALLING = b"\r"  # any character does (V.250 5.6.1)

PLAIN_ANSWERS, ATTENTION, RESET, HANG_UP = "ATE0Q0V1", "AT", "ATZ", "ATH"
ON_HOOK_AND_PLAIN = "ATE0Q0V1H0"
IDENTITY = ("ATI0", "ATI3", "AT+GMI", "AT+GMM", "AT+GMR", "ATI9")

CLASSES, OLD_CLASSES, CLASS = "AT+FCLASS=?", "AT#CLS=?", "AT+FCLASS?"
VOICE, DATA = "AT+FCLASS=8", "AT+FCLASS=0"
CODECS, CONNECTIONS, DUPLEX_KNOWN = "AT+VSM=?", "AT+VLS=?", "AT+VTR=?"  # only valid in voice mode
DUPLEX, LINE_OFF = "AT+VTR", "AT+VLS=0"

# Wanted in voice mode and not everywhere known: dial tone awaited, RTS/CTS, caller ID, plain rings, never idle out,
# the modem's silence detector off (ours is better), nominal gains.
OPTIONAL_SETTINGS = (
    "ATX4",
    "AT+IFC=2,2",
    "AT+VCID=1",
    "AT+VDR=0",
    "AT+VIT=0",
    "AT+VSD=128,0",
    "AT+VGT=128",
    "AT+VGR=128",
)
CALLER_ID, CALLER_ID_ASKED = "AT+VCID=1", "AT+VCID?"

# ITU-T T.35, annex A; the wrong one costs rings, caller ID and tone detection.
COUNTRY_CODES = {
    "cn": "26",
    "us": "B5",
    "gb": "B4",
    "de": "42",
    "fr": "3D",
    "it": "59",
    "es": "A0",
    "ru": "B8",
    "jp": "00",
    "au": "09",
    "in": "53",
    "hk": "50",
    "tw": "FE",
    "sg": "9C",
    "br": "16",
}
DIGITS = re.compile("[0-9]{1,32}")


def country(code: str) -> str:
    """
    Set the country the modem is in.

    :param code: ISO 3166, small letters
    :raises KeyError: a country we have no code for
    """
    return f"AT+GCI={COUNTRY_CODES[code]}"


def line_on(label: int) -> str:
    """Off hook by connecting the modem to the line."""
    return f"AT+VLS={label}"


def dial(digits: str) -> str:
    """
    Dial and come back to command state when the digits are out; what follows is to be heard.

    :raises ValueError: anything but 1 to 32 of the digits 0 to 9
    """
    return f"ATDT{_number(digits)};"


def flash_and_dial(digits: str) -> str:
    """
    In a call: hook flash, dial tone awaited, digits; as `dial`. The length of the flash is S29's.

    :raises ValueError: as `dial`
    """
    return f"ATDT!,W{_number(digits)};"


FLASH = "ATD!;"  # back to who was left by a flash


def _number(digits: str) -> str:
    if not DIGITS.fullmatch(digits):
        raise ValueError(f"not a number to dial: {digits!r}")
    return digits
