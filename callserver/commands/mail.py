"""`callserver mail`: mailboxes and what is in them; also while the server runs. Each act is in the event log."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import click

from callserver.acd.organisation import rows
from callserver.commands.books import settings_of, some_settings_argument, tell
from callserver.commands.calls import as_text, known_shop
from callserver.commands.options import Group, json_option, language_option
from callserver.commands.organisation import show_settings
from callserver.commands.player import play as play_octets
from callserver.commands.player import player
from callserver.commands.shop_books import ShopBooks, now, with_shop_books
from callserver.commands.start import shop_option
from callserver.commands.tables import table
from callserver.config import Config
from callserver.dsp.sound.files import SoundFileError
from callserver.features.voicemail import rules
from callserver.features.voicemail.files import ID, Sounds
from callserver.features.voicemail.rules import Box, Count, Left, Message
from callserver.features.voicemail.tables import BoxKind
from callserver.ivr.loading import loads
from callserver.server.checks.named import named_by_files, refuse_if_named
from callserver.server.checks.organisation import boxes_named
from callserver.server.shop_folder import ShopFolder
from callserver.store.reading import NotOne
from callserver.wire.catalogue import N_, Complaint, text
from callserver.wire.cells import printable
from callserver.wire.terminal import complaint, here

KINDS = {BoxKind.PERSON: N_("person"), BoxKind.GROUP: N_("group"), BoxKind.BULLETIN: N_("bulletins")}
YES, NO = ("yes", "on", "1", "true"), ("no", "off", "0", "false")
settings_argument = click.argument("settings", nargs=-1, metavar="KEY=VALUE...")
box_argument = click.argument("number", metavar="BOX")
id_argument = click.argument("id")


@click.group(cls=Group, help=here("Voice mail: mailboxes, and the messages in them."))
def mail() -> None:
    """Holds the commands below."""


@mail.command("list", help=here("List the messages in BOX, as its owner hears them; without BOX what is in each box."))
@click.argument("number", metavar="[BOX]", required=False, default="")
@shop_option
@language_option
@json_option
def list_(shop: Path, number: str, language: str, as_json: bool) -> None:
    if not number:
        _list_boxes(shop, language, as_json=as_json)
        return
    with known_shop(shop) as config:
        _known(number)
        found = rules.messages(number)
    sounds = _sounds(shop)
    if as_json:
        click.echo(as_text([asdict(one) | {"sound_is_there": sounds.has(one.sounds)} for one in found]))
        return
    titles = [N_("message"), N_("came"), N_("from"), N_("length"), N_("state")]
    rows = [_message_row(one, sounds, config, language) for one in found]
    _show(table(titles, rows, language, cut_first=(2,)))


@mail.command(help=here("Show all that is known of a message."))
@id_argument
@shop_option
@language_option
def show(shop: Path, id: str, language: str) -> None:
    with known_shop(shop) as config:
        one = _message(id)
    titles = [N_("message"), N_("came"), N_("from"), N_("length"), N_("state")]
    _show(table(titles, [_message_row(one, _sounds(shop), config, language)], language))
    for msgid, value in ((N_("mailbox {name}"), one.box), (N_("call {call}"), one.call_id)):
        if value:
            click.echo(printable(f"    {text(language, msgid, name=value, call=value)}"))


@mail.command(help=here("Play a message here."))
@id_argument
@shop_option
def play(shop: Path, id: str) -> None:
    try:
        command = player()
        play_octets(command, _taken_out(shop, id, "open_message").octets())
    except Complaint as problem:
        raise click.ClickException(complaint(problem)) from problem


@mail.command(help=here("Write the sound of a message to FILE.wav, which must not be there yet."))
@id_argument
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@shop_option
def export(shop: Path, id: str, file: Path) -> None:
    octets = _taken_out(shop, id, "export_message").octets()
    try:
        _write_new(file, octets)
    except OSError as problem:
        why = problem.strerror or str(problem)
        raise click.ClickException(here("{file}: {problem}", file=str(file), problem=why)) from problem
    click.echo(str(file))


@mail.command(help=here("Delete a message, at once and for ever."))
@id_argument
@shop_option
def delete(shop: Path, id: str) -> None:
    async def work(books: ShopBooks) -> None:
        one = await books.read(rules.find_message, id)
        left = Left(deleted=frozenset((one.id,)))
        gone = await books.change("delete_message", f"message {one.id}", rules.leave, one.box, left)
        _sounds(shop).delete(gone)

    with_shop_books(shop, work)


@mail.group(cls=Group, help=here("Mailboxes: who has which, and how they are set."))
def boxes() -> None:
    """Holds the commands below."""


@boxes.command("list", help=here("List the mailboxes."))
@shop_option
@language_option
@json_option
def list_boxes(shop: Path, language: str, as_json: bool) -> None:
    _list_boxes(shop, language, as_json=as_json)


@boxes.command("show", help=here("Show all settings of mailbox BOX, as set takes them."))
@box_argument
@shop_option
def show_box(shop: Path, number: str) -> None:
    with known_shop(shop):
        box = _known(number)
    show_settings({name: _typed(getattr(box, name)) for name in rules.SETTINGS})


@boxes.command(
    help=here("Add mailbox BOX; its PIN is written here once. Settings as KEY=VALUE: name=, owner=, kind= ...")
)
@box_argument
@settings_argument
@shop_option
def add(shop: Path, number: str, settings: tuple[str, ...]) -> None:
    typed = settings_of(settings)
    kind = typed.pop("kind", BoxKind.PERSON.value)
    if kind not in set(BoxKind):
        raise click.UsageError(here("kind={kind}: write person, group or bulletin", kind=kind))
    given = _settings(typed)
    box = replace(Box(number, given.get("name", number), BoxKind(kind)), **given)

    async def work(books: ShopBooks) -> None:
        await books.change("add_mailbox", f"mailbox {number}", rules.add_box, box)
        await _tell_of_owner(books, number)
        if box.kind is not BoxKind.GROUP and not box.parent:  # it goes with the one above
            await _new_pin(books, number, box.owner)

    with_shop_books(shop, work)


@boxes.command(
    "set", help=here("Set mailbox BOX otherwise: suspended=yes, messages_max=50, mail_to=li@example.com ...")
)
@box_argument
@some_settings_argument
@shop_option
def set_(shop: Path, number: str, settings: dict[str, str]) -> None:
    given = _settings(settings)

    async def work(books: ShopBooks) -> None:
        await books.change("set_mailbox", f"mailbox {number}", rules.set_box, number, given, settings=", ".join(given))
        await _tell_of_owner(books, number)

    with_shop_books(shop, work)


@boxes.command(help=here("Give mailbox BOX another PIN, also where it is locked; the PIN is written here once."))
@box_argument
@shop_option
def pin(shop: Path, number: str) -> None:
    async def work(books: ShopBooks) -> None:
        box = await books.read(rules.need_box, number)
        if box.kind is BoxKind.GROUP:
            raise Complaint(N_("the members of its group open mailbox {number}, each with his own PIN"), number=number)
        await _new_pin(books, number, box.owner)

    with_shop_books(shop, work)


@boxes.command(help=here("Remove mailbox BOX with all that is in it."))
@box_argument
@shop_option
def remove(shop: Path, number: str) -> None:
    async def work(books: ShopBooks) -> None:
        named = named_by_files(ShopFolder(shop).plugins(books.config)) | await books.read(loads.named)
        named |= boxes_named(await books.read(rows.load), books.config)
        refuse_if_named(f"mailbox {number}", named)
        gone = await books.change("remove_mailbox", f"mailbox {number}", rules.remove_box, number)
        _sounds(shop).delete(gone)

    with_shop_books(shop, work)


class _TakenOut:
    """The sound of one message."""

    def __init__(self, shop: Path, ids: list[str]) -> None:
        self._sounds, self._ids = _sounds(shop), ids

    def octets(self) -> bytes:
        """As a WAV file."""
        try:
            return self._sounds.octets(self._ids)
        except SoundFileError as problem:
            raise click.ClickException(complaint(problem)) from problem


def _taken_out(shop: Path, id_prefix: str, act: str) -> _TakenOut:
    """
    Who hears or copies a message is in the event log.

    :param id_prefix: how its id starts; the whole of it, where its box was removed before it came
    """
    found: list[tuple[str, list[str]]] = []

    async def work(books: ShopBooks) -> None:
        try:
            message = await books.read(rules.find_message, id_prefix)
            found.append((message.id, message.sounds))
        except NotOne:
            if not (ID.fullmatch(id_prefix) and _sounds(shop).has([id_prefix])):
                raise
            found.append((id_prefix, [id_prefix]))
        await books.change(act, f"message {found[0][0]}", lambda: None)

    try:
        with_shop_books(shop, work)
    except SystemExit as ended:  # a reactor that has done all ends so, too
        if ended.code:
            raise
    return _TakenOut(shop, found[0][1])


async def _tell_of_owner(books: ShopBooks, number: str) -> None:
    """He may come later; or he was mistyped."""
    box = await books.read(rules.need_box, number)
    if await books.read(rules.has_owner, box):
        return
    if box.kind is BoxKind.GROUP:
        tell(here("there is no group {owner} yet: until there is, nobody opens mailbox {number}", **vars(box)))
    else:
        tell(
            here(
                "nobody of the staff has the number {owner}: no program shows what is in mailbox {number}", **vars(box)
            )
        )


async def _new_pin(books: ShopBooks, number: str, owner: str) -> None:
    first = rules.first_pin(number, owner)
    stored = rules.pin_stored(first)
    await books.change("set_mailbox_pin", f"mailbox {number}", lambda: rules.set_pin(number, stored, is_first=True))
    tell(here("mailbox {number}: its first PIN, to be changed at its first use:", number=number))
    click.echo(first)


def _settings(typed: dict[str, str]) -> dict[str, Any]:
    """As the rules take them."""
    found: dict[str, Any] = {}
    known = {name: type(getattr(Box("0", ""), name)) for name in rules.SETTINGS}
    for key, value in typed.items():
        if key not in known:
            names = ", ".join(rules.SETTINGS)
            raise click.UsageError(here("{key}: no such setting; there are {names}", key=repr(key), names=names))
        found[key] = _value(known[key], key, value.strip())
    return found


def _value(kind: type, key: str, value: str) -> Any:
    if kind is bool and value.lower() in YES + NO:
        return value.lower() in YES
    if kind is int and value.isascii() and value.isdigit():
        return int(value[:9])
    if kind in (bool, int):
        raise click.UsageError(here("{key}={value}: does not fit", key=key, value=repr(value)))
    return value


def _typed(value: Any) -> str:
    """As `_value` reads it."""
    return {True: YES[0], False: NO[0]}[value] if isinstance(value, bool) else str(value or "")


def _list_boxes(shop: Path, language: str, *, as_json: bool) -> None:
    with known_shop(shop):
        found, counts, moment = rules.all_boxes(), rules.counts(), now()
        locked = {box.number for box in found if rules.locked(box.number, moment)}
    if as_json:
        nothing = Count()
        rows = [asdict(box) | asdict(counts.get(box.number, nothing)) for box in found]
        click.echo(as_text([row | {"locked": row["number"] in locked} for row in rows]))
        return
    titles = [N_("box"), N_("name"), N_("of"), N_("owner"), N_("new"), N_("old"), N_("state")]
    listed = [_box_row(box, counts.get(box.number, Count()), language, box.number in locked) for box in found]
    _show(table(titles, listed, language, cut_first=(1, 6), right=(0, 4, 5)))


def _box_row(box: Box, count: Count, language: str, is_locked: bool) -> list[object]:
    states = (
        (N_("suspended"), box.suspended),
        (N_("away"), box.away),
        (N_("full"), count.all >= box.messages_max),
        (N_("locked"), is_locked),
    )
    said = ", ".join(text(language, msgid) for msgid, holds in states if holds)
    kind = text(language, KINDS[box.kind])
    return [box.number, printable(box.name), kind, printable(box.owner), count.new, count.old, said]


def _message_row(one: Message, sounds: Sounds, config: Config, language: str) -> list[object]:
    marks = (
        (N_("heard") if one.heard else N_("new"), True),
        (N_("urgent"), one.urgent),
        (N_("private"), one.private),
        (N_("its sound is gone"), not sounds.has(one.sounds)),
    )
    said = ", ".join(text(language, msgid) for msgid, holds in marks if holds)
    if one.taken_name:
        said += f", {text(language, N_('taken by {name}'), name=one.taken_name)}"
    sender = " ".join(filter(None, (one.number, one.name))) or one.from_box or "–"
    came = f"{one.came.astimezone(config.server.zone):%Y-%m-%d %H:%M}"
    return [one.id[:8], came, printable(sender), f"{one.length_s:.0f} s", printable(said)]


def _show(lines: Iterator[str] | list[str]) -> None:
    for line in lines:
        click.echo(line)


def _known(number: str) -> Box:
    try:
        return rules.need_box(number)
    except Complaint as problem:
        raise click.ClickException(complaint(problem)) from problem


def _message(id_prefix: str) -> Message:
    try:
        return rules.find_message(id_prefix)
    except NotOne as problem:
        raise click.ClickException(complaint(problem)) from problem


def _write_new(file: Path, octets: bytes) -> None:
    """
    Nothing that is there is touched, and no half file is left.

    :raises OSError: FileExistsError, or the disk's
    """
    with file.open("xb") as copy:
        try:
            copy.write(octets)
            copy.flush()
        except BaseException:
            file.unlink(missing_ok=True)
            raise


def _sounds(shop: Path) -> Sounds:
    return Sounds.of(ShopFolder(shop).path, encrypt=False)  # nothing is kept here
