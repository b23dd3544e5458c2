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
        if hint and folder.own_prompts(reading.config) in path.parents:
            complaint = Complaint("{file}: no prompt is called so; {hint}", file=path, hint=hint)
            yield reading.finding(complaint, "server", "prompts", Grade.NOTE)


def unheard(reading: Reading, folder: ShopFolder, own: str) -> Iterator[Finding]:
    """A folder of recordings that is named and has none: ours are heard in their place."""
    path = folder.own(own)
    if own and path.is_dir() and not any(one.suffix.lower() == ".wav" for one in path.glob("*/*")):
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
