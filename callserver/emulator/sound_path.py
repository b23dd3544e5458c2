"""The speech path of the whole exchange: every 20 ms one pass over all subscribers."""

import numpy as np
from twisted.logger import Logger

from callserver.dsp.frames import BLOCK_SAMPLES, RATE_HZ, FloatArray
from callserver.dsp.keys.bank import DtmfBank, KeyDown, KeyUp
from callserver.dsp.progress.plans import Plan
from callserver.dsp.tones import comfort_noise
from callserver.emulator.loop import SubscriberLine, SubscriberStage
from callserver.emulator.tone_detector import RecognisedTone, ToneDetector

log = Logger()

ECHO_DELAY_SAMPLES = RATE_HZ * 4 // 1000
NOISE_SAMPLES = 1 << 15
GROWTH = 32


class SoundPath:
    """
    What each says to its peer, plus the echo of its own line, plus tones and noise, to what each hears.

    :param echo_db: level of one's own sound that the hybrid returns, 4 ms later
    :param noise_dbm0: of the noise on each line; None for none
    """

    def __init__(self, plan: Plan, echo_db: float, noise_dbm0: float | None) -> None:
        self._plan = plan
        self._echo_gain = np.float32(10 ** (echo_db / 20))
        self._noise = comfort_noise(NOISE_SAMPLES, noise_dbm0, seed=1) if noise_dbm0 is not None else None
        self._random = np.random.default_rng(2)
        self._size = 0

    def pass_block(self, lines: list[SubscriberLine]) -> None:
        """All lines speak, then all hear; keys and tones they hear or dial are reported to those who want to know."""
        if len(lines) > self._size:
            self._grow(len(lines))
        off_hook = [line for line in lines if line.off_hook]
        self._listen(lines)
        heard = self._mix(off_hook)
        dials = [line.row for line in off_hook if line.stage is SubscriberStage.DIALLING]
        signals = self._signals(heard, dials) if dials or any(line.terminal.hears_signals for line in off_hook) else []
        for line in lines:
            try:
                line.terminal.feed_sound(heard[line.row] if line.off_hook else None)
            except Exception:  # one broken telephone must not silence the others
                log.failure("what hangs on line {number} cannot hear", number=line.number)
        for signal in signals:
            if isinstance(signal, RecognisedTone):
                lines[signal.row].terminal.tone_heard(signal.tone)
            elif isinstance(signal, KeyDown | KeyUp):
                self._key(lines[signal.channel], signal.key, isinstance(signal, KeyDown), signal.channel in dials)

    def _signals(self, heard: FloatArray, dials: list[int]) -> list[object]:
        """Tones, then keys: of those who dial in what they say, of the others in what they hear."""
        dialled = np.zeros((self._size, 1), bool)
        dialled[dials] = True
        tones = self._tones.feed(heard)
        return [*tones, *self._keys.feed(np.where(dialled, self._said[:-1, ECHO_DELAY_SAMPLES:], heard))]

    def reset(self, line: SubscriberLine) -> None:
        """Another call begins: nothing that was heard before counts."""
        if line.row < self._size:
            self._keys.reset(line.row)
            self._tones.reset(line.row)

    def _key(self, line: SubscriberLine, key: str, down: bool, dialled: bool) -> None:
        if not dialled:
            line.terminal.key_heard(key, down)
        elif down:
            line.key(key)

    def _listen(self, lines: list[SubscriberLine]) -> None:
        self._said[:, :ECHO_DELAY_SAMPLES] = self._said[:, BLOCK_SAMPLES:]
        fresh = self._said[:, ECHO_DELAY_SAMPLES:]
        for line in lines:
            try:
                block = line.terminal.read_sound()
            except Exception:
                log.failure("what hangs on line {number} cannot speak", number=line.number)
                block = None
            fresh[line.row] = block if block is not None and line.off_hook else 0

    def _mix(self, off_hook: list[SubscriberLine]) -> FloatArray:
        silent = self._size
        peers = np.full(self._size, silent)
        for line in off_hook:
            if line.stage is SubscriberStage.TALKING and line.peer:
                peers[line.row] = line.peer.row
        heard = self._said[peers, ECHO_DELAY_SAMPLES:]
        heard += self._said[:-1, :BLOCK_SAMPLES] * self._echo_gain
        for line in off_hook:
            if line.tone:
                heard[line.row] += line.tone.read(BLOCK_SAMPLES)
        if self._noise is not None:
            places = self._random.integers(0, NOISE_SAMPLES - BLOCK_SAMPLES, len(off_hook))
            for line, at in zip(off_hook, places, strict=True):
                heard[line.row] += self._noise[at : at + BLOCK_SAMPLES]
        return heard

    def _grow(self, n_lines: int) -> None:
        self._size = -(-n_lines // GROWTH) * GROWTH
        self._said = np.zeros((self._size + 1, ECHO_DELAY_SAMPLES + BLOCK_SAMPLES), np.float32)
        self._keys = DtmfBank(self._size)
        self._tones = ToneDetector(self._plan, self._size)
