"""The modulations of a Group 3 fax machine."""

from __future__ import annotations

from enum import Enum


class Modulation(Enum):
    """Value: the name people know, bit/s, and the code of Class 1 (ITU-T T.31) with long and with short training."""

    V21 = ("V.21", 300, 3, 3)
    V27TER_2400 = ("V.27ter", 2400, 24, 24)
    V27TER_4800 = ("V.27ter", 4800, 48, 48)
    V29_7200 = ("V.29", 7200, 72, 72)
    V29_9600 = ("V.29", 9600, 96, 96)
    V17_7200 = ("V.17", 7200, 73, 74)
    V17_9600 = ("V.17", 9600, 97, 98)
    V17_12000 = ("V.17", 12000, 121, 122)
    V17_14400 = ("V.17", 14400, 145, 146)

    def __init__(self, recommendation: str, bit_rate: int, long: int, short: int) -> None:
        self.recommendation, self.bit_rate = recommendation, bit_rate
        self._long, self._short = long, short

    def class_1(self, *, short: bool) -> int:
        """The n of AT+FTM=n and AT+FRM=n."""
        return self._short if short else self._long
