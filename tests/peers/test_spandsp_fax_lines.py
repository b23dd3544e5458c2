"""Documents to and from spandsp's fax machine over lines as they are: each page as it was."""

from __future__ import annotations

from collections.abc import Iterator

from callserver.fax.modulations import Modulation
from callserver.fax.t30.agreement import FALL_BACK
from callserver.fax.t30.capabilities import Capabilities
from tests.fax.live_line import LiveLine
from tests.peers.spandsp_fax import V17, V27TER, V29, FaxMachine
from tests.peers.test_spandsp_fax import SpandspCase, pages

M = Modulation
FASTEST = {M.V17_14400: V17 | V29 | V27TER, M.V29_9600: V29 | V27TER, M.V27TER_4800: V27TER}
LINES = {
    "loss": {"loss_db": 12.0},
    "noise of -50 dBm0": {"noise_dbm0": -50.0},  # more, and spandsp's V.21 never hears an end
    "echo 10 dB down": {"echo_db": 10.0, "echo_ms": 60},
    "far clock fast": {"ppm": 100.0, "noise_dbm0": -60.0},
    "far clock slow": {"ppm": -100.0, "noise_dbm0": -60.0},
}


def own(fastest: Modulation, *, ecm: bool) -> Capabilities:
    return Capabilities(frozenset(FALL_BACK[FALL_BACK.index(fastest) :]), ecm=ecm)


def lines() -> Iterator[tuple[Modulation, str, LiveLine]]:
    for fastest in FASTEST:
        for name, faults in LINES.items():
            yield fastest, name, LiveLine(**faults)


class LineTests(SpandspCase):
    def test_sending(self) -> None:
        """
        By each kind of modem over each kind of line, at the full speed.

        With ECM: of V.17's short trainings spandsp misses one in five, its own sender's, too.
        """
        for fastest, name, line in lines():
            with self.subTest(f"{fastest.name}, {name}"):
                far = FaxMachine(calls=False)
                outcome = self.send(pages(2, 40), far, own(fastest, ecm=True), line)
                self.assertTrue(outcome.agreed.startswith(f"{fastest.recommendation} {fastest.bit_rate}"))

    def test_receiving(self) -> None:
        """The same the other way, without ECM: no bit is wrong."""
        for fastest, name, line in lines():
            with self.subTest(f"{fastest.name}, {name}"):
                far = FaxMachine(calls=True, modems=FASTEST[fastest], ecm=False)
                outcome = self.receive(pages(2, 40), far, own(M.V17_14400, ecm=False), line=line)
                self.assertTrue(outcome.agreed.startswith(f"{fastest.recommendation} {fastest.bit_rate}"))

    def test_faint(self) -> None:
        """From -40 dBm0, V.17's short training and all else."""
        for fastest in FASTEST:
            with self.subTest(fastest.name):
                far = FaxMachine(calls=True, modems=FASTEST[fastest], ecm=False)
                line = LiveLine(loss_db=26.0)
                self.receive(pages(2, 40), far, own(M.V17_14400, ecm=False), line=line)

    def test_drop_outs(self) -> None:
        """With ECM, holes of 60 ms in pages and commands are repaired; as receiver spandsp takes each for the end."""
        for fastest in FASTEST:
            with self.subTest(fastest.name):
                holes_s = tuple(12.2 + 2.7 * number for number in range(8))
                far = FaxMachine(calls=True, modems=FASTEST[fastest])
                self.receive(pages(1, 1200), far, own(M.V17_14400, ecm=True), line=LiveLine(holes_s=holes_s))
