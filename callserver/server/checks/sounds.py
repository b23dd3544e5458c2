"""What callers hear: prompts, music, the tones the shop has learned, the synthesiser."""

from __future__ import annotations

import ctypes
from collections.abc import Iterator

from callserver.config import Finding, Grade, Reading
from callserver.config.values import likest
from callserver.dsp.progress.plan_files import FILE_NAME as TONES_FILE
from callserver.dsp.progress.plan_files import PlanFileError, load_plan
from callserver.ivr.prompt_files import plain
from callserver.ivr.prompts import Prompts
from callserver.server.checks.menus import missing_folder
from callserver.server.shop_folder import ShopFolder
from callserver.wire.catalogue import Complaint

USUAL = "prompts"  # what a shop calls its folder of recordings
SYNTHESISERS = ("libespeak-ng.so.1", "libespeak.so.1")


def prompts(reading: Reading, folder: ShopFolder) -> Iterator[Finding]:
    """Every recording is read; one that is broken is a mistake, and ours is heard instead."""
    own = reading.config.server.prompts
    yield from missing_folder(reading, folder, "prompts", own)
    yield from unheard(reading, folder, own)
    recorded = Prompts(folder.prompts(reading.config))
    recorded.load()
    for problem in recorded.problems:
        yield reading.finding(problem, "server", "prompts", Grade.MISTAKE)
    for path in recorded.unknown:
        hint = likest(plain(path.stem), recorded.names)
        if hint and folder.own(own) in path.parents:
            complaint = Complaint("{file}: no prompt is called so; {hint}", file=path, hint=hint)
            yield reading.finding(complaint, "server", "prompts", Grade.NOTE)


def unheard(reading: Reading, folder: ShopFolder, own: str) -> Iterator[Finding]:
    """A folder of recordings that nobody hears; one without recordings, in whose place ours are heard."""
    path = folder.own(own or USUAL)
    if not path.is_dir():
        return
    has_any = any(path.suffix.lower() == ".wav" for path in path.glob("*/*"))
    if not own and has_any:
        complaint = Complaint(
            "nobody hears the recordings in {folder}: write prompts = {name}", folder=path, name=USUAL
        )
        yield reading.finding(complaint, "server", "prompts", Grade.MISTAKE)
    elif own and not has_any:
        complaint = Complaint(
            "no recording in {folder}, and ours are heard; yours go into {folder}/zh and {folder}/en", folder=path
        )
        yield reading.finding(complaint, "server", "prompts", Grade.NOTE)


def tones(folder: ShopFolder) -> Iterator[Finding]:
    """The tones that were learned from the shop's own line."""
    learned = folder.path / TONES_FILE
    try:
        if learned.exists():
            load_plan(learned)
    except (PlanFileError, OSError) as problem:
        yield Finding(problem, learned)


def synthesiser() -> Iterator[Finding]:
    """Names that nobody has recorded are said by it."""
    for library in SYNTHESISERS:
        try:
            ctypes.CDLL(library)
        except OSError:
            continue
        return
    packages = "libespeak-ng1 espeak-ng-data"
    complaint = Complaint(
        "missing: names without a recording are not said; apt-get install {packages}", packages=packages
    )
    yield Finding(complaint, "espeak-ng", grade=Grade.NOTE)
