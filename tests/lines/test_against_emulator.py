"""A line on a real serial port, against the emulated exchange, which shares none of our reading of V.253."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
from twisted.internet import reactor
from twisted.internet.task import LoopingCall, deferLater
from twisted.python import log
from twisted.trial.unittest import TestCase

from callserver.dsp.frames import BLOCK_SAMPLES, RATE_HZ, FloatArray, level_dbm0
from callserver.emulator.exchange import Exchange
from callserver.emulator.pty_modem import PtyModem
from callserver.lines.interfaces import Caller, DialPermit
from callserver.lines.modem_line import ModemLine
from tests.lines.contract import Diary

OUR_HZ, THEIR_HZ = 1000.0, 1500.0


def sine(freq_hz: float, length_s: float) -> FloatArray:
    t = np.arange(round(length_s * RATE_HZ)) / RATE_HZ
    return (0.2 * np.sin(2 * np.pi * freq_hz * t)).astype(np.float32)


def level_of(freq_hz: float, samples: FloatArray) -> float:
    """dBm0 of one frequency."""
    phasor = np.exp(-2j * np.pi * freq_hz / RATE_HZ * np.arange(samples.size))
    tone = np.abs(samples @ phasor) / max(samples.size, 1) * np.sqrt(2)
    return level_dbm0(np.full(1, tone, np.float32))


async def until(condition: Callable[[], bool], timeout_s: float = 60.0) -> None:
    """Wait for something to be so."""
    for _ in range(round(timeout_s / 0.02)):
        if condition():
            return
        await deferLater(reactor, 0.02)
    raise AssertionError("it did not come to pass")


class Subscriber:
    """A line of ours on an emulated modem, which says its own tone when it talks."""

    def __init__(self, exchange: Exchange, number: str, link: Path, tone_hz: float) -> None:
        self.modem = PtyModem(exchange.add_line(number), reactor, link=link.absolute())
        self.line, self.diary = ModemLine(number, self.modem.path, reactor), Diary()
        self.line.attach(self.diary)
        self._sound, self._at = sine(tone_hz, 1.0), 0

    def say(self) -> None:
        """20 ms, as the tick does."""
        block = self._sound[self._at : self._at + BLOCK_SAMPLES]
        self.line.send(self.line.codec.encode(block).tobytes())
        self._at = (self._at + BLOCK_SAMPLES) % self._sound.size

    def heard(self) -> FloatArray:
        return self.line.codec.decode(np.frombuffer(bytes(self.diary.heard), np.uint8))


class AgainstEmulatorTests(TestCase):
    timeout = 300

    async def setUp(self) -> None:
        folder = Path(self.mktemp())
        folder.mkdir(parents=True)
        self.exchange = Exchange(reactor, echo_db=-60.0)
        self.ours = Subscriber(self.exchange, "8001", folder / "1", OUR_HZ)
        self.theirs = Subscriber(self.exchange, "8002", folder / "2", THEIR_HZ)
        self.both = (self.ours, self.theirs)
        self.exchange.startService()
        for one in self.both:
            one.line.startService()
        self.ticked_s, self.longest_gap_s = reactor.seconds(), 0.0
        self.tick = LoopingCall(self.say)
        self.tick.start(0.02).addErrback(log.err)
        self.addCleanup(self.stop)
        await until(lambda: all(one.diary.told == ["up"] for one in self.both))

    def say(self) -> None:
        now_s = reactor.seconds()
        self.ticked_s, self.longest_gap_s = now_s, max(self.longest_gap_s, now_s - self.ticked_s)
        for one in self.both:
            one.say()

    async def stop(self) -> None:
        for one in self.both:
            await one.line.stopService()
            one.modem.close()
        self.exchange.stopService()
        self.tick.stop()

    async def test_one_calls_the_other(self) -> None:
        """
        A dialled line rings, tells who calls, is answered; each hears the other and neither itself; the one whose modem
        is pulled out is lost and comes back, the other hangs up; no sound was late.
        """
        await self.ours.line.seize()
        await self.ours.line.dial(DialPermit("8002", "test"))
        await until(lambda: "caller" in self.theirs.diary.told)
        self.assertEqual(self.theirs.diary.told, ["up", "ring", "caller"])
        self.assertEqual(self.theirs.diary.callers, [Caller("8001")])
        await self.theirs.line.answer()
        await deferLater(reactor, 1.0)
        for one, loud_hz, quiet_hz in ((self.ours, THEIR_HZ, OUR_HZ), (self.theirs, OUR_HZ, THEIR_HZ)):
            heard = one.heard()[-4000:]
            self.assertGreater(level_of(loud_hz, heard), -20)
            self.assertLess(level_of(quiet_hz, heard), -40)

        self.theirs.line.flush()
        await self.theirs.line.hang_up()
        self.assertFalse(self.exchange.lines[1].off_hook)

        await self.ours.modem.unplug()
        await until(lambda: self.ours.diary.told[1:] == ["lost"])
        self.ours.modem.plug()
        await until(lambda: self.ours.diary.told[1:] == ["lost", "up"])
        if self.longest_gap_s < 0.04:  # else it was this machine that was late
            self.assertEqual([(one.modem.underruns, one.modem.overruns) for one in self.both], [(0, 0)] * 2)
