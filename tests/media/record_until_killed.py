"""A process for tests: two legs that count samples, recorded in real time, until it is killed.

Arguments: the folder; how many lines. Prints the file names, then every tick the samples that were recorded so far.
"""

import sys
from itertools import count
from pathlib import Path

import numpy as np
from twisted.internet import reactor

from callserver.dsp.codecs import LINEAR_16
from callserver.dsp.frames import BLOCK_SAMPLES
from callserver.media.disk_room import DiskRoom
from callserver.media.patch_bay import PatchBay
from callserver.media.recorder import Recorder
from callserver.media.tick import Tick
from tests.media.bench import FakeEar, Party


class Counter(Party):
    """Says 1, 2, 3 ... one number a sample."""

    n_said = 0

    def count(self) -> None:
        numbers = np.arange(self.n_said + 1, self.n_said + BLOCK_SAMPLES + 1) % 30_000
        self.n_said += BLOCK_SAMPLES
        self.leg.receive(numbers.astype("<i2").tobytes())


def main(folder: Path, n_lines: int) -> None:
    bay = PatchBay(reactor, 48, FakeEar)
    names = count()
    recorder = Recorder(
        reactor,
        bay,
        DiskRoom(folder),
        lambda msgid, **details: sys.exit(f"{msgid} {details}"),
        lambda: str(next(names)),
    )
    recorder.startService()
    lines = [plug_counter(bay, f"line {n}") for n in range(n_lines)]
    recordings = [recorder.start("call 1", line.leg) for line in lines]
    print(*(recording.file_name for recording in recordings if recording), flush=True)

    def tick() -> None:
        for line in lines:
            line.count()
            line.heard.clear()
        bay._bank.ear.fed.clear()  # type: ignore[attr-defined]
        bay.tick()
        print(recordings[0].n_samples, flush=True)  # type: ignore[union-attr]

    Tick(reactor, tick).startService()
    reactor.run()  # type: ignore[attr-defined]


def plug_counter(bay: PatchBay, name: str) -> Counter:
    counter = Counter(LINEAR_16)
    counter.leg = bay.open_leg(name, LINEAR_16, counter.send, counter.flush, counter)
    counter.leg.serve("call 1")
    return counter


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
