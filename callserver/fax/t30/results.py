"""How a fax session ends, in words a shop understands."""

from __future__ import annotations

from dataclasses import dataclass, field

from callserver.fax.t30.trace import TraceLine
from callserver.wire.catalogue import N_, plural, text
from callserver.wire.fax_results import WORDS, FaxResult


@dataclass(frozen=True)
class Outcome:
    """What came of a session. Pages are confirmed ones: by MCF or RTP, never by having been sent."""

    result: FaxResult
    n_confirmed: int
    far_identity: str  # what the far end calls itself; may be empty
    agreed: str  # the last DCS, for the trace and the experts
    seconds: float
    trace: tuple[TraceLine, ...] = field(repr=False)

    def told(self, language: str) -> str:
        """One sentence for people, in "zh" or "en"."""
        pages = plural(language, "{n} page", "{n} pages", self.n_confirmed)
        return text(language, N_("{pages} confirmed: {result}"), pages=pages, result=text(language, WORDS[self.result]))
