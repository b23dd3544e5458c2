"""
The headset on a real sound server that nobody here wrote: PulseAudio, with sox, paplay and parec at the other end.

In real time, and in a process of its own: Qt asks only once where the sound server is.
"""

import os
import subprocess
import sys
from array import array
from collections.abc import Callable
from pathlib import Path

from twisted.internet import reactor
from twisted.internet.defer import Deferred, inlineCallbacks
from twisted.internet.task import LoopingCall, deferLater
from twisted.trial.unittest import TestCase

from callserver.desktop.headset.devices import Devices, Use
from callserver.desktop.headset.formats import RATE_HZ
from callserver.desktop.headset.headset import Headset
from callserver.desktop.headset.ring import Ring
from callserver.desktop.headset.trial_call import TrialCall, TrialResult
from callserver.wire.catalogue import told
from callserver.wire.messages import AUDIO_BLOCK_S, Phrase
from tests.desktop.headset.fakes import tone
from tests.desktop.pulse import SKIP, amplitude, sound_server

TOP = Path(__file__).parents[3]
TURN_S = 0.01
SOON_S = 10.0
WITHOUT_SOUND = """
from PySide6.QtWidgets import QApplication
from twisted.internet.task import Clock
from callserver.desktop.headset.devices import Devices
from callserver.desktop.headset.headset import Headset
from callserver.desktop.headset.qt_sound import QtSound
application, clock, sound = QApplication([]), Clock(), QtSound()
said = lambda phrase: print(phrase.msgid)
headset = Headset(clock, sound, Devices(sound, said), print, said)
for talk in range(2):
    headset.open()
    headset.play(bytes(320))
    application.processEvents()
    clock.advance(1)
    headset.close()
"""


class RealSoundCase(TestCase):
    skip = SKIP
    timeout = 60

    def setUp(self) -> None:
        self.pulse = sound_server()
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
        from PySide6.QtWidgets import QApplication

        from callserver.desktop.headset.qt_sound import QtSound

        self.application = QApplication.instance() or QApplication([])
        turns = LoopingCall(self.application.processEvents)
        turns.start(TURN_S)
        self.addCleanup(turns.stop)
        self.sent: list[bytes] = []
        self.said: list[str] = []
        self.sound = QtSound()
        self.devices = Devices(
            self.sound, self.say, {Use.MICROPHONE: "microphone", Use.HEADSET: "headset", Use.RING: "ringer"}
        )
        self.headset = Headset(reactor, self.sound, self.devices, self.sent.append, self.say)
        self.addCleanup(self.headset.close)

    def say(self, phrase: Phrase) -> None:
        self.said.append(told(phrase, "en"))

    def wait(self, seconds: float) -> Deferred[None]:
        return deferLater(reactor, seconds, lambda: None)

    @inlineCallbacks
    def until(self, holds: Callable[[], bool]):
        """Soon it holds."""
        for _ in range(round(SOON_S / 0.05)):
            if holds():
                return
            yield self.wait(0.05)
        self.fail(f"not within {SOON_S} s; said: {self.said}")

    def server_speaks(self, freq_hz: float) -> None:
        """A block each 20 ms, to the end of the test."""
        sound = iter(range(0, 10**9, 320))
        cycle = tone(1.0, freq_hz)

        def block() -> None:
            at = next(sound) % len(cycle)
            self.headset.play(cycle[at : at + 320])

        speaking = LoopingCall(block)
        speaking.start(AUDIO_BLOCK_S)
        self.addCleanup(speaking.stop)


class TalkTests(RealSoundCase):
    @inlineCallbacks
    def test_what_the_agent_hears(self):
        """What comes from the server is heard in the headset, as loud as it came, in one piece, and nowhere else."""
        self.headset.open()
        self.server_speaks(1000)
        yield self.wait(0.5)
        with self.pulse.recording("headset") as heard, self.pulse.recording("ringer") as elsewhere:
            yield self.wait(2)
        middle = heard[len(heard) // 4 : -len(heard) // 4]
        self.assertGreater(len(middle), RATE_HZ // 2)
        for start in range(0, len(middle) - 400, 400):
            self.assertApproximates(amplitude(middle[start : start + 400], 1000), 0.5, 0.1)
        self.assertFalse(any(elsewhere))
        self.assertLess(self.headset.playout.latency_s, 0.15)

    @inlineCallbacks
    def test_what_the_caller_hears(self):
        """What is said into the microphone comes as blocks of 20 ms, fifty a second, as loud as it was said."""
        self.headset.open()
        with self.pulse.playing("mouth", "synth", "5", "sine", "600", "vol", "0.25"):
            yield self.wait(1.5)
            self.sent.clear()
            yield self.wait(2)
        self.assertApproximates(len(self.sent), 100, 8)
        self.assertEqual({len(block) for block in self.sent}, {320})
        self.assertApproximates(amplitude(array("h", b"".join(self.sent)), 600), 0.25, 0.02)

    @inlineCallbacks
    def test_muted(self):
        """Muted, not one sample gets out."""
        self.headset.open()
        self.headset.mute(True)
        with self.pulse.playing("mouth", "synth", "5", "sine", "600", "vol", "0.5"):
            yield self.until(lambda: len(self.sent) > 50)
        self.assertFalse(any(b"".join(self.sent)))

    @inlineCallbacks
    def test_headset_pulled_out_in_a_talk(self):
        """It is said, the talk goes on in the next device, and goes back when the headset is plugged in again."""
        self.headset.open()
        self.server_speaks(1000)
        yield self.wait(0.5)
        self.pulse.pull_out("headset")
        yield self.until(lambda: len(self.said) == 1)
        taken = self.devices.device(Use.HEADSET)
        self.assertEqual(self.said, [f"Headset Headset is gone; {taken.name} is used instead"])
        yield self.wait(0.5)
        with self.pulse.recording(taken.id) as heard:
            yield self.wait(1)
        self.assertGreater(amplitude(heard[len(heard) // 2 :], 1000), 0.3)
        self.pulse.plug_in("headset")
        yield self.until(lambda: len(self.said) == 2)
        self.assertEqual(self.said[1], "Headset Headset is back")
        yield self.wait(0.5)
        with self.pulse.recording("headset") as heard:
            yield self.wait(1)
        self.assertGreater(amplitude(heard[len(heard) // 2 :], 1000), 0.3)

    @inlineCallbacks
    def test_microphone_pulled_out_in_a_talk(self):
        """The other microphone is taken meanwhile, and the caller hears the agent again."""
        self.headset.open()
        self.pulse.pull_out("microphone")
        yield self.until(lambda: "Microphone Microphone is gone; Other_Microphone is used instead" in self.said)
        with self.pulse.playing("other_mouth", "synth", "5", "sine", "600", "vol", "0.25"):
            yield self.wait(1)
            self.sent.clear()
            yield self.wait(1)
        self.assertGreater(amplitude(array("h", b"".join(self.sent)), 600), 0.2)
        self.pulse.plug_in("microphone")
        yield self.until(lambda: "Microphone Microphone is back" in self.said)
        self.sent.clear()
        yield self.until(lambda: len(self.sent) > 20)

    @inlineCallbacks
    def test_after_the_talk(self):
        """Between talks no device is held: the sound server knows of no stream."""
        self.headset.open()
        yield self.until(lambda: "application.name" in self.pulse.pactl("list", "source-outputs"))
        self.headset.close()
        for kind in ("sink-inputs", "source-outputs"):
            yield self.until(lambda kind=kind: f'process.id = "{os.getpid()}"' not in self.pulse.pactl("list", kind))
        self.sent.clear()
        yield self.wait(0.3)
        self.assertEqual(self.sent, [])


class OtherSoundTests(RealSoundCase):
    @inlineCallbacks
    def test_ring(self):
        """It rings on the loudspeaker for that, with both tones, and not in the headset; then it is quiet."""
        ring = Ring(reactor, self.sound, self.devices, self.say)
        with self.pulse.recording("ringer") as heard, self.pulse.recording("headset") as elsewhere:
            ring.ring()
            yield self.wait(1.5)
            ring.quiet()
        for freq_hz in (660, 880):
            self.assertGreater(amplitude(heard, freq_hz), 0.05)
        self.assertFalse(any(elsewhere))
        with self.pulse.recording("ringer") as after:
            yield self.wait(0.7)
        self.assertFalse(any(after[len(after) // 2 :]))

    @inlineCallbacks
    def test_trial_call(self):
        """A headset whose microphone hears its loudspeaker at -20 dB: the test call finds that, and how late."""
        results: list[TrialResult] = []
        loop = self.pulse.pactl(
            "load-module", "module-loopback", "source=headset.monitor", "sink=mouth", "latency_msec=60"
        )
        self.addCleanup(self.pulse.pactl, "unload-module", loop)
        self.pulse.pactl("set-sink-volume", "mouth", "46%")  # PulseAudio's per cent are cubic: 46 are -20 dB
        self.addCleanup(self.pulse.pactl, "set-sink-volume", "mouth", "100%")
        TrialCall(reactor, self.sound, self.devices, self.say, results.append).start()
        yield self.until(lambda: bool(results))
        [result] = results
        self.assertApproximates(result.echo.gain_db, -20, 3)
        self.assertTrue(0.05 < result.echo.after_s < 0.6, result.echo)

    def test_no_sound_server(self) -> None:
        """On a computer without any sound a talk is silent, and it is said once a talk what to do."""
        nowhere = os.environ | {
            "PULSE_SERVER": "unix:/nonexistent",
            "PYTHONPATH": str(TOP),
            "QT_QPA_PLATFORM": "offscreen",
        }
        done = subprocess.run(
            [sys.executable, "-c", WITHOUT_SOUND], env=nowhere, capture_output=True, text=True, timeout=50
        )
        self.assertEqual(done.returncode, 0, done.stderr)
        once = ["No headset: plug one in, or log in by telephone", "No microphone: plug one in, or log in by telephone"]
        self.assertEqual(done.stdout.splitlines(), once * 2)
