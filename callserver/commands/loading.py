"""What `callserver lines load` does before anything changes: a menu proved, and its texts given a voice."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click
from twisted.logger import globalLogBeginner

from callserver.commands.options import require_shop
from callserver.commands.proving import proves
from callserver.ivr.interfaces import IMenu
from callserver.ivr.loading.version import MenuVersion, led_to, version_of
from callserver.ivr.menu_files.file_menu import FileMenu
from callserver.ivr.menu_files.steps import Slot, texts_of
from callserver.ivr.prompts import Prompts
from callserver.media.speech import Speech, SpeechError
from callserver.server.shop_folder import ShopFolder
from callserver.server.trial import Trial
from callserver.wire.catalogue import Complaint
from callserver.wire.terminal import here

Text = tuple[str, str]  # language, text


@dataclass(frozen=True)
class Proof:
    """A menu that may be loaded; `version` None: one of the server itself."""

    version: MenuVersion | None
    texts: Sequence[Text]
    prompts: Prompts


def proved(shop: Path, menu: str) -> Proof:
    """
    A menu as its files are now, if it may be loaded; else what is wrong is told, and the command ends with 1.

    """
    folder = ShopFolder(shop)
    require_shop(folder)
    globalLogBeginner.beginLoggingTo([], redirectStandardIO=False)
    trial = Trial(folder)
    try:
        if not proves(trial, menu):
            click.echo(here("menu {menu} was not loaded; lines have what they had.", menu=menu), err=True)
            sys.exit(1)
        version = version_of(menu, trial.found)
        texts = [text for name in led_to(menu, trial.found) for text in spoken_texts(trial.menus[name])]
    finally:
        trial.close()
    return Proof(version, texts, trial.prompts)


def spoken_texts(menu: IMenu) -> Iterator[Text]:
    """All texts of a menu in a file, as callers hear them; of one in Python they are not known before."""
    for step in menu.written.steps.values() if isinstance(menu, FileMenu) else ():
        for said in texts_of(step):
            for language, pieces in said.items():
                yield from ((language, str(piece)) for piece in pieces if not isinstance(piece, Slot))


async def give_voice(reactor: Any, folder: ShopFolder, proof: Proof) -> None:
    """
    Texts without a recording are synthesised now, once, so that no caller waits for it.

    :raises Complaint: one cannot be spoken
    """
    missing = [one for one in dict.fromkeys(proof.texts) if proof.prompts.named(*one) is None]
    speech = Speech(reactor, proof.prompts, folder.spoken)
    try:
        for language, text in missing:
            await speech.say(language, text)
    except SpeechError as problem:
        raise Complaint("{text} cannot be spoken: {problem}", text=repr(text), problem=str(problem)) from problem
    finally:
        await speech.stop()
