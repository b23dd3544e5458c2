"""A telephone script that a rehearsal names: read and checked before anything is rehearsed."""

from pathlib import Path

from callserver.config import Sentence
from callserver.dsp.sound.files import SoundFileError, read_wav
from callserver.emulator.script import ScriptError, Step, read_script
from callserver.rehearsal.sections import mistake, no_such_file, read_text


def read_telephone_script(file: Path) -> str:
    """
    Its text, once all of it can be done; the sounds that it speaks stand beside it.

    :raises ScriptMistake: naming this file, and the place in it
    """
    text = read_text(file)
    try:
        steps = read_script(text)
    except ScriptError as problem:
        raise mistake(file, problem.line, problem.column, problem.complaint) from problem
    if not steps:
        raise mistake(file, 1, 1, Sentence("no step stands here; say what the caller does, as in: dial 8008"))
    for step in steps:
        if step.word == "speak":
            _check_sound(file, text, step)
    return text


def _check_sound(file: Path, text: str, step: Step) -> None:
    name = step.arguments[0]
    line = text.splitlines()[step.line - 1]
    column = line.find(name, line.find(step.word) + len(step.word)) + 1
    if not (file.parent / name).is_file():
        raise mistake(file, step.line, column, no_such_file(file.parent, name, "*.wav"))
    try:
        read_wav(file.parent / name)
    except SoundFileError as problem:
        raise mistake(file, step.line, column, problem) from problem
