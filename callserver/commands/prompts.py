"""`callserver prompts`: hear, replace and take back what callers hear; a running server has it for the next call."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import click

from callserver.commands.books import tell
from callserver.commands.calls import as_text, known_shop, list_width
from callserver.commands.listen import shop_plan
from callserver.commands.options import Group, json_option, language_option, require_shop
from callserver.commands.player import play_file, player
from callserver.commands.start import shop_option
from callserver.dsp.frames import RATE_HZ
from callserver.dsp.sound.files import SoundFileError, read_wav, write_wav
from callserver.ivr.known_text import KnownText
from callserver.ivr.loading import loads
from callserver.ivr.own_recordings import OURS, OwnRecordings
from callserver.ivr.prompt_files import PromptFiles
from callserver.ivr.prompt_list import Listed, PromptList, Said
from callserver.media.announcement import LONGEST_S, announcement, is_off
from callserver.media.any_sound import read_any
from callserver.media.speech import natural_file
from callserver.media.telephone_voice import ACTIVE_LEVEL_DBFS, active_level_dbfs, peak_dbfs
from callserver.server.checks.menus import all_menus
from callserver.server.checks.named import named_by_files, refuse_if_named
from callserver.server.known_texts import in_database, of_menus
from callserver.server.shop_folder import ShopFolder
from callserver.wire.catalogue import LANGUAGES, N_, Complaint, known, text, told
from callserver.wire.cells import cells, column, printable, wrapped
from callserver.wire.terminal import complaint, here

NAME_CELLS, SAID_CELLS = 30, 16
BELOW = " " * 11

heard_in = click.option(
    "--in", "spoken", type=click.Choice(LANGUAGES), help=here("The language of the prompt; needed where it has two.")
)
name_argument = click.argument("name")


@click.group(cls=Group, help=here("What callers hear: list, play, upload, revert recordings, and how loud they are."))
def prompts() -> None:
    """Holds the commands below."""


@prompts.command("list", help=here("List what callers hear: its number, its name, whose voice says it, what it says."))
@heard_in
@click.option("--synthetic", is_flag=True, help=here("Only what a synthesiser still says, which is hard to follow."))
@click.option("--own", is_flag=True, help=here("Only the shop's own recordings."))
@click.option("--all", "everything", is_flag=True, help=here("Also the pieces of numbers, dates and digits."))
@shop_option
@language_option
@json_option
def list_(
    shop: Path, spoken: str | None, synthetic: bool, own: bool, everything: bool, language: str, as_json: bool
) -> None:
    wanted = (Said.SYNTHETIC, Said.CHANGED) if synthetic else (Said.SHOP,) if own else tuple(Said)
    found = [
        one
        for one in prompt_list(shop).all(with_pieces=everything or own)
        if one.said in wanted and spoken in (None, one.language)
    ]
    if as_json:
        click.echo(as_text([_as_dict(one) for one in found]))
        return
    for one in found:
        click.echo("\n".join(_lines(one, language, list_width())))
    if not found:
        tell(text(language, N_("none")))


@prompts.command(help=here("Play prompt NAME (or its number of the list) here, or write it to a file."))
@name_argument
@heard_in
@click.option("--to", type=click.Path(path_type=Path, dir_okay=False), help=here("Write it there, as a WAV file."))
@shop_option
def play(shop: Path, name: str, spoken: str | None, to: Path | None) -> None:
    one = _one(shop, name, spoken)
    if one.path is None:
        raise click.ClickException(here("{name} has no sound yet: the synthesiser says it in the call", name=one.name))
    if to is not None:
        write_wav(to, read_wav(one.path))
        click.echo(str(to))
        return
    try:
        play_file(player(), one.path)
    except Complaint as problem:
        raise click.ClickException(complaint(problem)) from problem


@prompts.command(help=here("Make FILE, any audio file, what callers hear as prompt NAME (or number); the old is kept."))
@name_argument
@click.argument("file", type=click.Path(path_type=Path))
@heard_in
@shop_option
@language_option
def upload(shop: Path, name: str, file: Path, spoken: str | None, language: str) -> None:
    one = _one(shop, name, spoken)
    try:
        made = announcement(*read_any(file, LONGEST_S), shop_plan(shop))
        version = own_recordings(shop).keep(one.language, one.name, made.sound, one.text if one.is_known_text else "")
    except (Complaint, OSError) as problem:
        raise click.ClickException(complaint(problem)) from problem
    for remark in made.remarks:
        tell(here("remark: {text}", text=told(remark, language)))
    said = N_("{name} ({language}): version {n}, {s} s; heard in the next call")
    length_s = round(made.sound.size / RATE_HZ, 1)
    click.echo(text(language, said, name=one.name, language=one.language, n=version, s=length_s))


@prompts.command(help=here("Take prompt NAME back to its recording before, or to version N of its own."))
@name_argument
@heard_in
@click.option("--to", "version", type=click.IntRange(0), help=here("This version; 0 is that of the server itself."))
@shop_option
@language_option
def revert(shop: Path, name: str, spoken: str | None, version: int | None, language: str) -> None:
    one, own = _one(shop, name, spoken), own_recordings(shop)
    if (own.before(one.language, one.name) if version is None else version) == OURS:
        _refuse_if_missed(shop, one)
    try:
        now = own.revert(one.language, one.name, version)
    except (Complaint, OSError) as problem:
        raise click.ClickException(complaint(problem)) from problem
    said = N_("{name} ({language}): version {n} is heard in the next call")
    if now == 0:
        said = N_("{name} ({language}): the server's own is heard in the next call")
    click.echo(text(language, said, name=one.name, language=one.language, n=now))


@prompts.command(help=here("How loud prompts are: level of the voice, peak; which differ by more than 3 dB."))
@click.argument("names", nargs=-1)
@heard_in
@click.option("--all", "everything", is_flag=True, help=here("Also the pieces of numbers, dates and digits."))
@click.option("--off", is_flag=True, help=here("Only those that differ."))
@shop_option
@language_option
def loudness(
    shop: Path, names: tuple[str, ...], spoken: str | None, everything: bool, off: bool, language: str
) -> None:
    found = prompt_list(shop)
    chosen = [one for name in names for one in found.find(name)] if names else found.all(with_pieces=everything)
    for one in chosen:
        if one.path is not None and spoken in (None, one.language):
            _tell_level(one, off, language)


def prompt_list(shop: Path) -> PromptList:
    """Of this shop, running or not; without its database, what the files have."""
    folder = ShopFolder(shop)
    require_shop(folder)
    config = folder.known_config()
    texts = [*_in_database(shop), *of_menus(all_menus(config, folder).menus.values())]
    return PromptList(folder.prompts(config), texts, lambda language, said: natural_file(folder.spoken, language, said))


def own_recordings(shop: Path) -> OwnRecordings:
    """Where this shop keeps them."""
    folder = ShopFolder(shop)
    return OwnRecordings(folder.own_prompts(folder.known_config()))


def _in_database(shop: Path) -> list[KnownText]:
    if ShopFolder(shop).life() is None:  # it has never been started
        return []
    with known_shop(shop):
        return in_database()


def _one(shop: Path, name: str, spoken: str | None) -> Listed:
    """
    :raises click.ClickException: there is none, or it is not clear in which language
    """
    found = prompt_list(shop).find(name)
    if not found:
        raise click.ClickException(here("no prompt {name}: callserver prompts list --all shows them", name=repr(name)))
    chosen = [one for one in found if spoken in (None, one.language)]
    if spoken is not None and not chosen:  # it has a text in the other language only
        return replace(found[0], language=spoken, path=None)
    if len(chosen) > 1:
        raise click.ClickException(here("{name} is said in zh and en: add --in zh or --in en", name=chosen[0].name))
    return chosen[0]


def _refuse_if_missed(shop: Path, one: Listed) -> None:
    """
    The shop's recording of it is to be heard no more.

    :raises Complaint: there is no other in this language, and a menu plays it
    """
    folder = ShopFolder(shop)
    config = folder.known_config()
    others = [where for where in folder.prompts(config) if where != folder.own_prompts(config)]
    if any(one.name in PromptFiles(where).recordings[one.language] for where in others):
        return
    named = named_by_files(folder.plugins(config))
    if folder.life() is not None:
        with known_shop(shop):
            named |= loads.named()
    refuse_if_named(f"prompt {one.name}", named)


def _lines(one: Listed, language: str, width: int) -> list[str]:
    """What it says stands behind it, or where that is too long for the line below it."""
    voice = column(known(language, one.said.value), SAID_CELLS)
    head = f"{one.number:>5}  {one.language}  {column(one.name, NAME_CELLS)}  {voice}"
    line = printable(f"{head}  {one.text}")
    if cells(line) <= width:
        return [line]
    return [head.rstrip(), *(f"{BELOW}{part}" for part in wrapped(one.text, width - len(BELOW)))]


def _as_dict(one: Listed) -> dict[str, str | int | None]:
    return {
        "number": one.number,
        "name": one.name,
        "language": one.language,
        "said": one.said.name.lower(),
        "text": one.text,
        "path": str(one.path) if one.path else None,
    }


def _tell_level(one: Listed, only_off: bool, language: str) -> None:
    assert one.path is not None
    try:
        sound = read_wav(one.path)
    except SoundFileError as problem:
        tell(complaint(problem))
        return
    if not sound.any():  # a pause is no voice
        return
    level = active_level_dbfs(sound)
    if only_off and not is_off(level):
        return
    differs = text(language, N_("differs by {db} dB"), db=f"{level - ACTIVE_LEVEL_DBFS:+.1f}") if is_off(level) else ""
    figures = f"{level:6.1f} dBFS {peak_dbfs(sound):6.1f} dBFS {sound.size / RATE_HZ:5.1f} s"
    click.echo(printable(f"{one.language}  {column(one.name, NAME_CELLS)}  {figures}  {differs}").rstrip())
