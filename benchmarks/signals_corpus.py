"""Recorded voices, music and synthetic speech from Debian's packages, for benchmarks; nothing of it is shipped."""

import subprocess
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from shutil import which

import click
import numpy as np

from callserver.dsp.frames import RATE_HZ, FloatArray, level_dbm0
from callserver.dsp.progress.plans import PLANS
from callserver.dsp.sound.files import SoundFileError, read_wav
from callserver.dsp.tones import play, tone

LANGUAGES = ("en", "es", "fr", "it", "ru")
PROMPTS = Path("/usr/share/asterisk/sounds")
MUSIC = Path("/usr/share/asterisk/moh")
ACTORS = Path("/usr/share/games/fillets-ng/sound")
APT = "apt-get install sox espeak-ng asterisk-moh-opsound-wav fillets-ng-data-cs " + " ".join(
    f"asterisk-core-sounds-{language}-wav" for language in LANGUAGES
)
SPOKEN = (
    "Please enter your order number, then press the hash key. One, two, three, four, five, six, seven, eight, nine. "
    "Your parcel left our house on Tuesday and will be with you before noon. To speak to a person, press zero. "
    "We are sorry: all our lines are busy. You are number four in the queue. Thank you for your patience. "
)
SYNTHETIC_VOICES = ("en", "en-us+f3", "en+m7", "cmn", "cmn+f2", "de", "fr", "es+f4", "it", "ru", "pt", "ja")


@dataclass(frozen=True)
class Corpus:
    """One speaker, or one kind of sound."""

    name: str
    kind: str  # "voices", "actors", "music", "synthetic", "tones"
    sound: FloatArray  # shape (n,), 8 kHz

    @property
    def hours(self) -> float:
        """Its length."""
        return len(self.sound) / RATE_HZ / 3600

    @property
    def active_dbm0(self) -> float:
        """Level of its loud parts: blocks of 20 ms above -45 dBm0."""
        blocks = self.sound[: len(self.sound) // 160 * 160].reshape(-1, 160)
        return level_dbm0(blocks[np.mean(blocks**2, axis=1) > 10**-4.8])


def voices() -> Iterator[Corpus]:
    """The prompts of Asterisk in five languages: clean studio voices."""
    for folder in sorted(PROMPTS.glob("??_??_*")):
        yield from _corpus(folder.name, "voices", _wav_files(sorted(folder.rglob("*.wav"))))


def actors() -> Iterator[Corpus]:
    """Czech actors who play fish, excited, whispering, shouting: far harder than prompts."""
    files = sorted(ACTORS.glob("*/cs/*.ogg"))
    yield from _corpus("fillets-ng cs", "actors", map(_by_sox, files) if which("sox") else ())


def music() -> Iterator[Corpus]:
    """Asterisk's music on hold."""
    yield from _corpus("moh-opsound", "music", _wav_files(sorted(MUSIC.glob("*.wav"))))


def synthetic() -> Iterator[Corpus]:
    """espeak-ng, a dozen voices."""
    if which("espeak-ng"):
        yield from _corpus("espeak-ng", "synthetic", map(_spoken, SYNTHETIC_VOICES))


def at_speed(corpus: Corpus, speed: float) -> Corpus:
    """Faster and higher, or slower and lower."""
    from scipy.signal import resample_poly

    if speed == 1:
        return corpus
    sound = resample_poly(corpus.sound, 100, round(100 * speed)).astype(np.float32)
    return Corpus(f"{corpus.name} x{speed:g}", corpus.kind, sound)


def at_pitch(corpus: Corpus, cents: int) -> Corpus:
    """Higher or lower, as fast as before: hundredths of a semitone, by sox; unchanged without it."""
    if cents == 0 or not which("sox"):
        return corpus
    raw = ["-t", "raw", "-r", str(RATE_HZ), "-c", "1", "-b", "16", "-e", "signed"]
    command = ["sox", "-V0", *raw, "-", *raw, "-", "pitch", str(cents)]
    samples = np.rint(np.clip(corpus.sound, -1, 1) * 32767).astype("<i2").tobytes()
    shifted = subprocess.run(command, input=samples, capture_output=True, check=True).stdout
    return Corpus(f"{corpus.name} {cents:+d} cents", corpus.kind, np.frombuffer(shifted, "<i2") / np.float32(32768))


def tones() -> Iterator[Corpus]:
    """All tones of all plans; single notes, intervals and slow glides over the keys' frequencies: none holds a key."""
    plans = [play(cadence, 8, -12) for plan in PLANS.values() for cadence in plan.tones.values()]
    yield Corpus("exchanges", "tones", np.concatenate(plans))
    rng = np.random.default_rng(11)
    notes = 110 * 2 ** (np.arange(0, 54) / 12)
    singles = [tone([note_hz], 2400, -10) for note_hz in notes for _ in range(4)]
    yield Corpus("notes", "tones", np.concatenate(singles))
    pairs = [tone(rng.choice(notes, 2, replace=False).tolist(), 1600, -13) for _ in range(6000)]
    yield Corpus("intervals", "tones", np.concatenate(pairs))
    glides = [_glide(*rng.uniform(400, 1800, 2)) for _ in range(1000)]
    yield Corpus("glides", "tones", np.concatenate(glides))


def _glide(start_hz: float, end_hz: float) -> FloatArray:
    """A second of a singer's slide, with its second harmonic."""
    turns = np.cumsum(np.linspace(start_hz, end_hz, RATE_HZ)) * (2 * np.pi / RATE_HZ)
    sound: FloatArray = (0.2 * np.sin(turns) + 0.15 * np.sin(2 * turns)).astype(np.float32)
    return sound


def side_by_side(sound: FloatArray, n_channels: int) -> FloatArray:
    """A long sound cut into equal parts, shape (n_channels, n), n in whole ticks; the last samples are lost."""
    length = len(sound) // n_channels // 160 * 160
    return sound[: length * n_channels].reshape(n_channels, length)


def need_corpora() -> None:
    """:raises click.ClickException: telling what to install, when the voices are not there"""
    if not any(PROMPTS.glob("??_??_*/*.wav")):
        raise click.ClickException(f"no recorded voices here; as root: {APT}")


def _corpus(name: str, kind: str, sounds: Iterable[FloatArray]) -> Iterator[Corpus]:
    pieces = list(sounds)
    if pieces:
        yield Corpus(name, kind, np.concatenate(pieces))


def _wav_files(paths: Iterable[Path]) -> Iterator[FloatArray]:
    for path in paths:
        try:
            yield read_wav(path)
        except SoundFileError as error:
            click.echo(f"left out: {error}", err=True)


def _by_sox(path: Path) -> FloatArray:
    command = ["sox", "-V0", str(path), "-r", "8000", "-c", "1", "-b", "16", "-e", "signed", "-t", "raw", "-"]
    return np.frombuffer(subprocess.run(command, capture_output=True, check=True).stdout, "<i2") / np.float32(32768)


def _spoken(voice: str) -> FloatArray:
    with tempfile.NamedTemporaryFile(suffix=".wav") as file:
        subprocess.run(["espeak-ng", "-v", voice, "-w", file.name, SPOKEN * 12], check=True, capture_output=True)
        return read_wav(file.name)
