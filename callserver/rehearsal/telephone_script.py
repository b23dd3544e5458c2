"""A telephone script that a rehearsal names: read and checked before anything is rehearsed."""

from pathlib import Path

from callserver.config import Sentence
from callserver.dsp.sound.files import SoundFileError, read_wav
from callserver.emulator.script import Step, read_script
from callserver.rehearsal.sections import mistake, no_such_file, read_text
from callserver.wire.script_words import ScriptError

LINE_DIGITS = 3  # at most, that the number of a line has after the shop's own


def read_telephone_script(file: Path, shop: str) -> str:
    """
    Its text, once all of it can be done; the sounds that it speaks stand beside it.

    :param shop: its number, which no caller can have
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
        elif step.word == "caller":
            _check_number(file, text, step, shop)
    return text


def _column(text: str, step: Step) -> int:
    """Of the step's first argument."""
    line = text.splitlines()[step.line - 1]
    return line.find(step.arguments[0], line.find(step.word) + len(step.word)) + 1


def _check_number(file: Path, text: str, step: Step, shop: str) -> None:
    number = step.arguments[0]
    if number.startswith(shop) and len(number) <= len(shop) + LINE_DIGITS:
        said = Sentence("{number} is the shop's own number", number=number)
        raise mistake(file, step.line, _column(text, step), said)


def _check_sound(file: Path, text: str, step: Step) -> None:
    name, column = step.arguments[0], _column(text, step)
    if not (file.parent / name).is_file():
        raise mistake(file, step.line, column, no_such_file(file.parent, name, "*.wav"))
    try:
        read_wav(file.parent / name)
    except SoundFileError as problem:
        raise mistake(file, step.line, column, problem) from problem
