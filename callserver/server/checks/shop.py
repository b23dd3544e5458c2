"""Everything of one shop at once."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from itertools import chain

from callserver.acd.organisation.faults import unclear
from callserver.config import EMULATED, Finding, Grade, Reading, nearest, overlap, whole_or_nothing
from callserver.dsp.progress.plans import plan
from callserver.ivr.discovery import Found
from callserver.media.disk_room import Room, room_on
from callserver.server.checks.agents import certificate, channel
from callserver.server.checks.database import database_content, database_place
from callserver.server.checks.devices import devices
from callserver.server.checks.faxes import faxes
from callserver.server.checks.interface import interface
from callserver.server.checks.menus import all_menus, menus
from callserver.server.checks.named import Places, general_box
from callserver.server.checks.organisation import known_places, moved, organised
from callserver.server.checks.sounds import prompts, synthesiser, tones
from callserver.server.checks.stored import accepted_menus
from callserver.server.lock import FolderError, holder
from callserver.server.shop_folder import ShopFolder
from callserver.wire.catalogue import Complaint

SOCKET_PATH_BYTES = 107  # sockaddr_un.sun_path, less its end


def check(folder: ShopFolder) -> tuple[Reading, Sequence[Finding]]:
    """
    What the settings say, and all that is wrong; opens everything they name and changes nothing.

    Beside a running server what it holds is left alone: its port, its modems.
    """
    reading = folder.reading()
    try:
        running = holder(folder.path) is not None
    except FolderError as problem:
        return reading, [*reading.findings, Finding(problem, folder.path)]
    if not reading.is_read:
        return reading, reading.findings
    found = all_menus(reading.config, folder)
    inside = database_content(reading, folder), organised(reading, folder, found.menus.keys)
    places = known_places(reading, folder)
    accepted = accepted_menus(reading, folder)
    said = [*mistakes(reading, folder, found, places, accepted, running=running), *chain(*inside)]
    return reading, reading.in_order(said)


def before_start(folder: ShopFolder) -> tuple[Found, Sequence[Finding]]:
    """
    The same for the server itself; a damaged database is no finding, for it knows what to do.

    :return: the menus, and all that is wrong
    """
    reading = folder.reading()
    if not reading.is_read:
        return Found({}, []), reading.findings
    found, places = all_menus(reading.config, folder), known_places(reading, folder)
    stored = organised(reading, folder, found.menus.keys)
    accepted = accepted_menus(reading, folder)
    said = [*mistakes(reading, folder, found, places, accepted, running=False), *stored]
    return found, reading.in_order(said)


def mistakes(
    reading: Reading,
    folder: ShopFolder,
    found: Found,
    places: Places,
    accepted: Collection[str] = (),
    *,
    running: bool,
) -> Sequence[Finding]:
    """
    All that is wrong in the settings and with what they name: the same for `check`, a start, and a reload.

    :param found: all menus
    :param places: all there are
    :param accepted: menus whose last version lines have, also without their files
    :param running: a server holds its port and its modems
    """
    if not reading.is_read:
        return reading.findings
    of_menus = menus(reading, folder, found, places, accepted)
    named = general_box(reading, places)
    opened = _opened(reading, folder, running), database_place(reading, folder), of_menus, named
    return reading.in_order([*reading.findings, *chain(*opened)])


def _opened(reading: Reading, folder: ShopFolder, running: bool) -> Iterator[Finding]:
    yield from lines(reading)
    yield from groups(reading)
    yield from hours(reading)
    yield from faxes(reading)
    yield from moved(reading, folder)
    yield from devices(reading, running)
    emulated = any(line.device == EMULATED for line in reading.config.lines.values())
    if not running:  # else the server has them open, and has told what kept it from that
        yield from channel(reading)
        yield from exchange_socket(folder) if emulated else ()
    yield from interface(reading, running)
    yield from certificate(reading, folder)
    yield from prompts(reading, folder)
    yield from tones(folder)
    yield from synthesiser()
    yield from disk(folder)


def lines(reading: Reading) -> Iterator[Finding]:
    """That there are any, and that each waits longer than its country's silence between two rings."""
    if not reading.config.lines:
        yield reading.finding(Complaint("no [line]: nobody can call"), grade=Grade.MISTAKE)
    silence_s = max(plan(reading.config.exchange.country).ring_s[1::2])
    sections = {reading.line_section(number): line for number, line in reading.config.lines.items()}
    for section, line in sections.items():
        if line.ring_stop_s <= silence_s:
            span = {"stop_s": f"{line.ring_stop_s:g}", "silence_s": f"{silence_s:g}"}
            complaint = Complaint(
                "{stop_s}: between two rings there are {silence_s} s of silence, and calls would count as given up",
                **span,
            )
            yield reading.finding(complaint, section, "ring_stop_s", Grade.MISTAKE)


def groups(reading: Reading) -> Iterator[Finding]:
    """That there are lines to dial on, in the groups that calls out are kept to."""
    outward = [line for line in reading.config.lines.values() if line.direction != "in"]
    if reading.config.lines and not outward:
        yield reading.finding(Complaint("every [line] has direction = in: nobody can be called"), grade=Grade.NOTE)
        return
    known = sorted({line.group for line in outward if line.group})
    for key in ("group", "transfer_group"):
        wanted = getattr(reading.config.dialling, key)
        if wanted and wanted not in known:
            complaint = Complaint(
                "no line of group {group} for calls out; {hint}", group=repr(wanted), hint=nearest(wanted, known)
            )
            yield reading.finding(complaint, "dialling", key, Grade.MISTAKE)


def hours(reading: Reading) -> Iterator[Finding]:
    """That no hour stands twice: one of two spans that overlap is not as it was meant."""
    written = [
        ("dialling", "international_hours", reading.config.dialling.international_hours),
        ("fax", "hours", reading.config.fax.hours),
    ]
    written += [(section, "hours", queue.hours) for section, queue in reading.queues()]
    for section, key, spans in written:
        for one in filter(whole_or_nothing, spans):
            yield reading.finding(unclear(str(one)), section, key, Grade.MISTAKE)
        for first, second in overlap(spans):
            complaint = Complaint(
                "{second} overlaps {first}: write each hour once", first=str(first), second=str(second)
            )
            yield reading.finding(complaint, section, key, Grade.MISTAKE)


def disk(folder: ShopFolder) -> Iterator[Finding]:
    """Room for recordings."""
    if not folder.path.is_dir():
        return
    room, free_bytes = room_on(folder.path)
    gb = f"{free_bytes / 1e9:.1f}"
    if room is Room.FULL:
        complaint = Complaint("{gb} GB free: too little for recordings; make room on this disk", gb=gb)
        yield Finding(complaint, folder.recordings, grade=Grade.MISTAKE)
    elif room is Room.LOW:
        complaint = Complaint("{gb} GB free: make room on this disk soon", gb=gb)
        yield Finding(complaint, folder.recordings, grade=Grade.NOTE)


def exchange_socket(folder: ShopFolder) -> Iterator[Finding]:
    """Telephones reach the emulated exchange by a socket, whose path may not be long."""
    path = folder.exchange_socket
    if len(str(path).encode(errors="surrogateescape")) > SOCKET_PATH_BYTES:
        complaint = Complaint("the path is too long for telephones: move the shop's folder to a shorter one")
        yield Finding(complaint, path, grade=Grade.MISTAKE)
