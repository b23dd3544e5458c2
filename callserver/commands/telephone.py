"""A telephone in the terminal: `bin/callserver-phone`."""

import contextlib
import sys
import termios
import tty
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
from twisted.internet.defer import Deferred
from twisted.internet.error import ConnectError, ConnectionClosed
from twisted.internet.stdio import StandardIO
from twisted.internet.task import react

from callserver.commands.emulate import FILE, WAV, socket_option
from callserver.emulator.client import RemotePhone, open_phone
from callserver.emulator.control import Failed
from callserver.emulator.keypad import Keypad
from callserver.emulator.sound_card import NoSoundCard, SoundCard
from callserver.emulator.stdio_telephone import KeyboardTelephone, ScriptedTelephone
from callserver.wire.catalogue import Complaint, known
from callserver.wire.terminal import complaint, error, here, person_language, prepare

HELP = (
    here("A telephone in the terminal, on a running exchange."),
    here(
        "Type a number and Enter to dial; digits, * and # are keys while you talk; space lifts and hangs up; "
        "Enter answers; s speaks the next WAV file; q quits. You hear and speak through the sound card if there is one."
    ),
    here("From a pipe it takes lines of script instead:"),
    "dial 8008, wait answer, press 1, speak FILE, wait 2, hang up, quit",
)


@click.command(help="\n\n".join(HELP), context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--number", default="13900000001", show_default=True, help=here("Your own number, shown to who is called.")
)
@click.option("--name", default="", help=here("Name shown with it."))
@click.option("--withheld", is_flag=True, help=here("Do not show them."))
@click.option(
    "--speak", "voices", type=WAV, multiple=True, help=here("WAV files as your voice, one each time you type s.")
)
@click.option(
    "--heard", type=FILE, help=here("WAV file to keep: left heard, right said; without a sound card, heard.wav.")
)
@socket_option
def telephone(
    number: str, name: str, withheld: bool, voices: tuple[Path, ...], heard: Path | None, socket: Path
) -> None:
    files = [str(voice.resolve()) for voice in voices]
    react(lambda reactor: Deferred.fromCoroutine(_use(reactor, socket, (number, name, withheld), files, heard)))


async def _use(
    reactor: Any, socket: Path, caller: tuple[str, str, bool], voices: list[str], heard: Path | None
) -> None:
    card = _sound_card(lambda sound: reactor.callFromThread(phone.say, sound))
    lost: Deferred[int] = Deferred()
    phone: RemotePhone = RemotePhone(
        lambda *event: user.happened(*event),
        card.play if card else None,
        lambda: None if lost.called else lost.errback(ConnectionClosed()),
    )
    user: Any = KeyboardTelephone(phone, Keypad(voices), reactor) if sys.stdin.isatty() else ScriptedTelephone(phone)
    kept = heard or (None if card else Path("heard.wav"))
    try:
        await open_phone(reactor, socket, phone, caller, kept)
        with _keys():
            StandardIO(user)  # type: ignore[no-untyped-call]
            failures = await _first(user.when_over(), lost)
    except ConnectionClosed as problem:
        raise SystemExit(error(Complaint("the exchange has stopped"))) from problem
    except (Failed, ConnectError) as problem:
        why = known(person_language(), str(problem))
        raise SystemExit(error(Complaint("no telephone: {problem}", problem=why))) from problem
    finally:
        if card:
            card.close()
    if kept:
        click.echo(f"{kept}")
    raise SystemExit(1 if failures else 0)


def _first(one: Deferred[int], other: Deferred[int]) -> Deferred[int]:
    """The first of two answers."""
    both: Deferred[int] = Deferred()
    for each in (one, other):
        each.addCallbacks(
            lambda value: None if both.called else both.callback(value),
            lambda failure: None if both.called else both.errback(failure),
        )
    return both


def _sound_card(on_voice: Any) -> SoundCard | None:
    try:
        return SoundCard(on_voice)
    except NoSoundCard as problem:
        why = complaint(problem)
        click.echo(here("No sound card ({why}): what you hear is written to a file.", why=why), err=True)
        return None


@contextlib.contextmanager
def _keys() -> Iterator[None]:
    """Keystrokes come one by one, as long as this lasts."""
    if not sys.stdin.isatty():
        yield
        return
    before = termios.tcgetattr(sys.stdin)
    tty.setcbreak(sys.stdin)
    try:
        yield
    finally:
        termios.tcsetattr(sys.stdin, termios.TCSADRAIN, before)


if __name__ == "__main__":
    prepare()
    telephone(prog_name="callserver-phone")
