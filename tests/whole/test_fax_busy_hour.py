"""Four faxes at once beside sixteen lines that talk and are recorded, in the whole server on virtual time."""

from __future__ import annotations

import wave
from pathlib import Path

from twisted.internet.defer import DeferredList
from twisted.trial.unittest import SynchronousTestCase

from tests.dsp.progress.test_answer import voice
from tests.fax.pages import text_like
from tests.whole.fax_case import ASKS_FOR_12, FaxShop, received, same

N_FAXES, N_TALKS = 4, 16
TALKS = """
dial 8008
wait answer
speak {voice}
speak {voice}
speak {voice}
speak {voice}
wait 3000
"""


class BusyHourTests(SynchronousTestCase):
    def test_four_faxes_and_sixteen_talks(self) -> None:
        """All four pages are exact; on no line is a block of a talk late or lost, and each is recorded whole."""
        shop = FaxShop(self, N_FAXES + N_TALKS)
        page = text_like(400)
        shop.add_document("12", [page])
        said = Path(self.mktemp()).resolve()
        write_voice(said)
        talkers = [f"139{n:08}" for n in range(N_TALKS)]
        faxers = [f"138{n:08}" for n in range(N_FAXES)]
        for number in faxers:
            shop.begins(ASKS_FOR_12, number)
        shop.until_said("fax-press-start", N_FAXES)
        for number in talkers:
            shop.begins(TALKS.format(voice=said), number)
        machines = [shop.fax(number) for number in faxers]
        outcomes = shop.until(DeferredList([machine.receive() for machine in machines]))
        self.assertEqual([outcome.n_confirmed for _, outcome in outcomes], [1] * N_FAXES)
        self.assertTrue(all(same(got, page) for machine in machines for got in received(machine)))
        self.assertEqual(len(shop.server.calls), N_FAXES + N_TALKS)
        for number in (*faxers, *talkers):
            shop.phone(number).hang_up()
        shop.wait(5)
        figures = [event.data for event in shop.events if event.kind == "line_figures"]
        self.assertEqual(len(figures), N_FAXES + N_TALKS)
        self.assertEqual([one["overruns"] for one in figures], [0] * len(figures))
        self.assertEqual(shop.server.tick.lost, 0)
        self.assertEqual(len(shop.happened("recording_end")), N_FAXES + N_TALKS)


def write_voice(path: Path) -> None:
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 2, 8000, 0, "NONE", ""))
        file.writeframes((voice(4) * 32767).astype("<i2").tobytes())
