"""How one kind of modem describes itself."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from callserver.dsp.codecs import A_LAW, MU_LAW, UNSIGNED_8, Codec

RESULTS: dict[str, int | str] = {
    "OK": 0,
    "CONNECT": 1,
    "RING": 2,
    "NO CARRIER": 3,
    "ERROR": 4,
    "NO DIALTONE": 6,
    "BUSY": 7,
    "NO ANSWER": 8,
    "+FCERROR": "+F4",
    "+FRH:3": "+F3",
}


@dataclass(frozen=True)
class Sampling:
    """One line of +VSM=?."""

    name: str
    bits: int
    codec: Codec


UNSIGNED = Sampling("UNSIGNED PCM", 8, UNSIGNED_8)
PLAIN = {1: UNSIGNED, 130: UNSIGNED}


@dataclass(frozen=True)
class Chip:
    """
    Identity and behaviour; as given, a CX93001.

    `blank_line_before_ok`: also after the answer to a question, as other Conexant chips do
    `buffer_bytes`: of sound to play that it holds
    `unknown`: commands that it does not know although others do
    `unread_bytes`: of sound recorded that the computer may leave lying before some is lost
    """

    identity: Mapping[int, str] = field(
        default_factory=lambda: {0: "56000", 1: "255", 3: "CX93001-EIS_V0.2002-V92", 6: "RCV56DPF-PLL L8571A"}
    )
    manufacturer: str = "CONEXANT"
    model: str = "V90"
    revision: str = "CX93001-EIS_V0.2002-V92"
    classes: tuple[str, ...] = ("0", "1", "1.0", "8")
    samplings: Mapping[int, Sampling] = field(default_factory=lambda: PLAIN)
    devices: Mapping[int, str] = field(default_factory=lambda: {0: "", 1: "T", 2: "L", 3: "LT"})
    blank_line_before_ok: bool = False
    unknown: frozenset[str] = frozenset()
    buffer_bytes: int = 2048
    unread_bytes: int = 2048


CX93001 = Chip()
# The same with the two codecs of G.711, as host-processed chips offer them.
CX93001_WITH_LAWS = Chip(
    samplings={**PLAIN, 131: Sampling("ULAW", 8, MU_LAW), 132: Sampling("ALAW", 8, A_LAW)},
)
