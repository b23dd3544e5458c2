"""An agent's script that a rehearsal names: read and checked before anything is rehearsed."""

from __future__ import annotations

from pathlib import Path

from callserver.desktop.script import Step, all_steps, read_script
from callserver.desktop.sound import SoundUnusable, read_blocks
from callserver.rehearsal.sections import mistake, no_such_file, read_text
from callserver.wire.script_words import ScriptError


def read_agent_script(file: Path) -> tuple[Step, ...]:
    """
    Its steps, once all of it can be done; the sounds that it speaks stand beside it.

    :raises ScriptMistake: naming this file, and the place in it
    """
    text = read_text(file)
    try:
        steps = read_script(text)
    except ScriptError as problem:
        raise mistake(file, problem.line, problem.column or 1, problem.complaint) from problem
    for step in all_steps(steps):
        if step.word == "say":
            _check_sound(file, text, step)
    return steps


def _check_sound(file: Path, text: str, step: Step) -> None:
    name = step.arguments[0]
    column = text.splitlines()[step.line - 1].find(name) + 1
    if not (file.parent / name).is_file():
        raise mistake(file, step.line, column, no_such_file(file.parent, name, "*.wav"))
    try:
        read_blocks(file.parent / name)
    except SoundUnusable as problem:
        raise mistake(file, step.line, column, problem) from problem
