"""A modem's reports of keys: one a press, however often the chip repeats itself."""

from dataclasses import dataclass

DIGITS = frozenset("0123456789*#ABCD")


@dataclass(frozen=True)
class KeyReport:
    """A key the modem heard."""

    digit: str


class KeyReports:
    """
    `<DLE>/` begins a key, `<DLE>5` names it, every 70 ms on some chips, `<DLE>~` ends it: one KeyReport.

    A digit outside the brackets is taken for speech that sounded like one.
    """

    def __init__(self) -> None:
        self._wanted = False

    def feed(self, code: str) -> KeyReport | None:
        """What one `<DLE>` code means for the keys."""
        if code == "/":
            self._wanted = True
        elif code == "~":
            self._wanted = False
        elif code in DIGITS and self._wanted:
            self._wanted = False
            return KeyReport(code)
        return None
