"""Our own prompt is taken out of what a line brings back; keys and voices are left in it."""

import numpy as np
from scipy.signal import lfilter
from twisted.trial.unittest import SynchronousTestCase

from callserver.dsp.echo.canceller import EchoCanceller
from callserver.dsp.frames import FloatArray
from callserver.dsp.tones import comfort_noise
from tests.dsp.bad_lines import Sender, with_noise

RATE = 8000


def speech(rng: np.random.Generator, n_channels: int, seconds: float) -> FloatArray:
    """Sound built like speech: pulses of a drifting pitch and hiss by turns, through moving formants, with pauses."""
    words = [np.concatenate([word(rng) for _ in range(int(seconds * 5) + 1)]) for _ in range(n_channels)]
    return np.stack([voice[: int(seconds * RATE)] for voice in words]).astype(np.float32)


def word(rng: np.random.Generator) -> FloatArray:
    """A syllable of 150 to 300 ms and the rest after it."""
    n_samples = int(rng.uniform(0.15, 0.3) * RATE)
    pitch_hz = rng.uniform(90, 220) * np.linspace(1, rng.uniform(0.8, 1.2), n_samples)
    pulses = np.diff(np.floor(np.cumsum(pitch_hz) / RATE), prepend=0) + 0.05 * rng.standard_normal(n_samples)
    sound = pulses if rng.random() < 0.8 else 0.3 * rng.standard_normal(n_samples)
    for formant_hz in (rng.uniform(300, 800), rng.uniform(900, 2300), rng.uniform(2400, 3300)):
        sound = lfilter([1], [1, -2 * 0.95 * np.cos(2 * np.pi * formant_hz / RATE), 0.9], sound)
    sound *= np.hanning(n_samples) * 0.25 / (np.abs(sound).max() + 1e-9)
    return np.concatenate([sound, np.zeros(int(rng.choice([0.01, 0.05, 0.15]) * RATE))]).astype(np.float32)


def echo_of(rng: np.random.Generator, played: FloatArray, loss_db: float, delays: np.ndarray) -> FloatArray:
    """What hybrids give back: 8 ms of decaying response, `delays` samples later."""
    heard = np.zeros_like(played)
    for channel, delay in enumerate(delays.tolist()):
        response = rng.standard_normal(64) * np.exp(-np.arange(64) / 16)
        response *= 10 ** (-loss_db / 20) / np.sqrt(np.sum(response**2))
        heard[channel, delay:] = np.convolve(played[channel], response)[: played.shape[1] - delay]
    return heard


def clean(canceller: EchoCanceller, received: FloatArray, played: FloatArray) -> FloatArray:
    """Tick after tick."""
    ticks = range(0, received.shape[1] // 160 * 160, 160)
    return np.concatenate([canceller.clean(received[:, n : n + 160], played[:, n : n + 160]) for n in ticks], axis=1)


def power_db(sound: FloatArray) -> FloatArray:
    """Of each channel."""
    return 10 * np.log10(np.mean(sound.astype(float) ** 2, axis=1) + 1e-12)


class EchoCancellerTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.rng = np.random.default_rng(30)
        self.delays = np.array([320, 480, 777, 1200, 1601, 2000, 2399, 640])
        self.played = speech(self.rng, 8, 4)
        self.hiss = np.stack([comfort_noise(self.played.shape[1], -60, seed) for seed in range(8)])

    def test_learns_within_a_second(self) -> None:
        """Whatever the delay, 40 to 300 ms: after a second of speech 10 dB less is left of it, then 15."""
        received = echo_of(self.rng, self.played, 3, self.delays) + self.hiss
        canceller = EchoCanceller(8)
        left = clean(canceller, received, self.played)
        early, late = slice(RATE * 5 // 4, RATE * 2), slice(RATE * 3, RATE * 4)
        self.assertGreater(float(np.median(power_db(received[:, early]) - power_db(left[:, early]))), 10)
        self.assertGreater(float(np.min(power_db(received[:, late]) - power_db(left[:, late]))), 15)
        self.assertGreater(float(canceller.loss_db.min()), 10)
        np.testing.assert_allclose(canceller.line_loss_db, 3, atol=1.5)

    def test_two_hybrids(self) -> None:
        """A weaker echo within 4 ms, from our own end, is taken out as well as the strong one 8 to 12 ms behind it."""
        first = np.arange(1, 32, 4)
        for behind in (64, 80, 96):
            received = echo_of(self.rng, self.played, 12, first) + echo_of(self.rng, self.played, 5, first + behind)
            left = clean(EchoCanceller(8), received + self.hiss, self.played)
            late = slice(RATE * 3, RATE * 4)
            reduction_db = power_db(received[:, late]) - power_db(left[:, late])
            self.assertGreater(float(reduction_db.min()), 15, behind)

    def test_keys_hold_it_still(self) -> None:
        """Keys 15 dB above the echo come through, and neither they nor their end bring it back."""
        echo = echo_of(self.rng, self.played, 6, self.delays)
        keys = np.zeros_like(echo)
        sender = Sender((100, 100), (100, 100), low_dbm0=(-8, -8), twist_db=(0, 0))
        sent, pressed = sender.send(self.rng, 8, 4)
        keys[:, RATE * 2 : RATE * 2 + sent.shape[1]] = sent[:, : RATE * 2]
        left = clean(EchoCanceller(8), echo + keys + self.hiss, self.played)
        during = slice(RATE * 2, RATE * 2 + int(pressed[3].end))
        self.assertLess(float(np.max(power_db((left - keys)[:, during]) - power_db(echo[:, during]))), 0)
        after = slice(during.stop, None)
        self.assertLess(float(np.median(power_db(left[:, after]) - power_db(echo[:, after]))), -10)

    def test_no_echo(self) -> None:
        """A line that gives nothing back: the other party's voice comes through as it was."""
        voice = speech(self.rng, 8, 4)
        left = clean(EchoCanceller(8), voice, self.played)
        self.assertLess(float(np.max(power_db(left - voice) - power_db(voice))), -15)

    def test_never_louder(self) -> None:
        """Nothing makes a tick louder: full-scale noise, a delay that jumps, an echo turned upside down."""
        echo = echo_of(self.rng, self.played, 3, self.delays)
        received = np.concatenate([echo, np.roll(echo, 1000, axis=1), -echo], axis=1)
        received[:, ::4000] = np.sign(self.rng.standard_normal(received[:, ::4000].shape))
        played = np.tile(self.played, 3)
        played[:, RATE : RATE * 5 // 4] = np.sign(self.rng.standard_normal((8, RATE // 4)))
        left = clean(EchoCanceller(8), received.astype(np.float32), played)
        ticks = [np.sum(x.reshape(8, -1, 160).astype(float) ** 2, axis=2) for x in (left, received)]
        self.assertTrue(np.all(np.isfinite(left)))
        self.assertTrue(np.all(ticks[0] <= ticks[1] * 1.0001 + 1e-9))

    def test_finds_the_echo_again(self) -> None:
        """A buffer that skips 100 ms moves the echo: within two seconds it is being taken out again."""
        played = np.tile(self.played, 2)
        echo = echo_of(self.rng, played, 3, self.delays)
        later = echo_of(self.rng, played, 3, np.minimum(self.delays + 800, 2500))
        received = np.concatenate([echo[:, : RATE * 4], later[:, RATE * 4 :]], axis=1)
        left = clean(EchoCanceller(8), received, played)
        end = slice(RATE * 6, None)
        self.assertLess(float(np.max(power_db(left[:, end]) - power_db(received[:, end]))), -6)

    def test_left_alone(self) -> None:
        """An echo that nobody hears, 45 dB down, is seldom worked on; one that gets loud is found again."""
        canceller, delays = EchoCanceller(2), np.array([320, 1200])
        played = speech(self.rng, 2, 16)
        hiss = np.stack([comfort_noise(played.shape[1], -62, seed) for seed in range(2)])
        faint = echo_of(self.rng, played, 45, delays) + hiss
        n_worked = 0
        for n in range(0, faint.shape[1], 160):
            received = faint[:, n : n + 160]
            n_worked += canceller.clean(received, played[:, n : n + 160]) is not received
        self.assertLess(n_worked, faint.shape[1] / 160 / 2)
        loud = echo_of(self.rng, played, 10, delays) + hiss
        left = clean(canceller, loud, played)
        end = slice(RATE * 12, None)
        self.assertLess(float(np.max(power_db(left[:, end]) - power_db(loud[:, end]))), -10)

    def test_nothing_played(self) -> None:
        """Where nothing is played the very same array comes back."""
        received = self.hiss[:, :160]
        canceller = EchoCanceller(8)
        self.assertIs(canceller.clean(received, np.zeros_like(received)), received)
        self.assertEqual(canceller.loss_db.tolist(), [0] * 8)
        self.assertEqual(canceller.line_loss_db.tolist(), [float("inf")] * 8)

    def test_reset(self) -> None:
        """Another call knows nothing of the echo of the one before."""
        canceller = EchoCanceller(8)
        clean(canceller, echo_of(self.rng, self.played, 3, self.delays), self.played)
        canceller.reset(3)
        self.assertEqual(float(canceller.loss_db[3]), 0)
        self.assertEqual(float(canceller.line_loss_db[3]), float("inf"))
        self.assertGreater(float(canceller.loss_db[2]), 10)

    def test_noisy_line(self) -> None:
        """An echo 20 dB down in noise 25 dB below the prompt: no harm is done."""
        received = with_noise(-40)(echo_of(self.rng, self.played, 20, self.delays))
        left = clean(EchoCanceller(8), received, self.played)
        self.assertLess(float(np.max(power_db(left) - power_db(received))), 0.1)
