"""The test call tells an agent whether his headset is fit for customers."""

import time
from array import array
from random import Random

from twisted.internet.task import Clock
from twisted.trial.unittest import SynchronousTestCase

from callserver.desktop.headset.devices import Devices
from callserver.desktop.headset.echo import chirp_sound, find_echo
from callserver.desktop.headset.trial_call import TrialCall, TrialResult
from callserver.wire.catalogue import told
from tests.desktop.headset.fakes import FakeSound, tone

ROOM_S = 0.18


def sum_of(*sounds: bytes) -> bytes:
    """As long as the first."""
    columns = zip(*(array("h", sound.ljust(len(sounds[0]), b"\0")) for sound in sounds), strict=False)
    return array("h", [sum(column) for column in columns]).tobytes()


def noise(seconds: float, amplitude: int) -> bytes:
    random = Random(1)
    return array("h", [random.randint(-amplitude, amplitude) for _ in range(round(8000 * seconds))]).tobytes()


def scaled(sound: bytes, gain_db: float) -> bytes:
    return array("h", [round(sample * 10 ** (gain_db / 20)) for sample in array("h", sound)]).tobytes()


class EchoTests(SynchronousTestCase):
    def found(self, heard: bytes) -> object:
        return ([None, *find_echo(heard)])[-1]

    def test_found(self) -> None:
        """How loud it comes back and when, also far below the noise of an office."""
        for gain_db, after_s in ((-6, 0.05), (-20, 0.3), (-40, 0.7)):
            heard = sum_of(noise(1.3, 100), bytes(round(after_s * 8000) * 2) + scaled(chirp_sound(), gain_db))
            echo = self.found(heard)
            self.assertApproximates(echo.gain_db, gain_db, 1.0)
            self.assertApproximates(echo.after_s, after_s, 0.001)

    def test_not_found(self) -> None:
        """Noise, a voice's tone, silence, or nothing at all are no echo."""
        for heard in (noise(1.3, 3000), tone(1.3, 900), bytes(2 * 10400), b"", bytes(100)):
            self.assertIsNone(self.found(heard))

    def test_slices(self) -> None:
        """Looking for it never holds up the window for 50 ms."""
        steps, longest_s, began_s = find_echo(noise(1.3, 3000)), 0.0, time.thread_time()
        for _ in steps:
            longest_s, began_s = max(longest_s, time.thread_time() - began_s), time.thread_time()
        self.assertLess(longest_s, 0.05)


class TrialCallTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.clock, self.sound = Clock(), FakeSound()
        self.stages: list[str] = []
        self.results: list[TrialResult] = []
        devices = Devices(self.sound, lambda phrase: None)
        self.call = TrialCall(
            self.clock, self.sound, devices, lambda stage: self.stages.append(told(stage, "en")), self.results.append
        )

    def hold(self, voice: bytes = bytes(320), gain_db: float = -120) -> None:
        """The whole call: an agent who says this all the time; so much of what he hears comes back 180 ms later."""
        self.call.start()
        air = bytearray(round(ROOM_S * 16000))
        n_played = 0
        for _ in range(600):
            if "l1" in self.sound.running:
                played = bytes(self.sound.stream("l1").written[n_played:][:320])
                n_played += len(played)
                air += played.ljust(320, b"\0")
            if "m1" in self.sound.running:
                self.sound.stream("m1").heard(sum_of(voice, scaled(bytes(air[:320]), gain_db)))
                del air[:320]
            self.clock.advance(0.02)
            self.clock.pump([0] * 60)

    def sentences(self) -> list[str]:
        [result] = self.results
        return [told(sentence, "en") for sentence in result.sentences]

    def test_good(self) -> None:
        """A good headset: each stage is told, then that the voice is well and there is no echo; all is closed."""
        self.hold(tone(0.02, 1000, 0.1))
        self.assertEqual(
            self.stages,
            [
                "A short rising tone is played",
                "Say something for three seconds, as you would to a customer",
                "This is how you sound",
            ],
        )
        self.assertEqual(self.sentences(), ["The microphone is good (-23 dB)", "No echo"])
        self.assertEqual((self.sound.running, self.clock.getDelayedCalls(), self.call.runs), ([], [], False))

    def test_echo(self) -> None:
        """Who leaves his headset on the table, or has it too loud, is told by how much and how late."""
        for gain_db, words in ((-10, "hear themselves"), (-36, "Hardly any echo (-3")):
            self.results.clear()
            self.hold(noise(0.02, 200), gain_db)
            _, echo, latency = self.sentences()
            self.assertIn(words, echo)
            self.assertEqual(latency, "Sound takes 180 ms through the headset and back")

    def test_played_back(self) -> None:
        """He hears what he said for three seconds."""
        self.hold(tone(0.02, 1000, 0.1))
        played = bytes(self.sound.opened[0].written)
        said = tone(0.02, 1000, 0.1)
        self.assertEqual(played, chirp_sound() + said * (len(played[len(chirp_sound()) :]) // 320))
        self.assertApproximates(len(played) / 16000, 3.25, 0.05)

    def test_dead_microphone(self) -> None:
        """A microphone that is switched off gives silence, and is named as the cause."""
        self.hold()
        self.assertEqual(
            self.sentences(),
            ["No sound came from the microphone: is it plugged in, switched on, and allowed in the system's settings?"],
        )

    def test_too_low_and_too_loud(self) -> None:
        """What to turn is said."""
        for amplitude, words in ((0.002, "too low (-57 dB)"), (1.0, "too loud (0 dB)")):
            self.results.clear()
            self.hold(tone(0.02, 1000, amplitude))
            self.assertIn(words, self.sentences()[0])

    def test_no_device(self) -> None:
        """Without devices the sentence is the same as in a talk, and nothing raises, any number of times."""
        self.sound.inputs = self.sound.outputs = []
        self.sound.changed()
        for _ in range(2):
            self.results.clear()
            self.hold()
            self.assertIn("No microphone: plug one in, or log in by telephone", self.sentences())

    def test_stopped(self) -> None:
        """A call comes in the middle: all is closed at once, and there is no result."""
        self.call.start()
        self.clock.advance(1)
        self.call.stop()
        self.call.stop()
        self.clock.pump([0.1] * 100)
        self.assertEqual((self.sound.running, self.results, self.call.runs), ([], [], False))
