"""The agents' program, from the command line."""

import sys
from pathlib import Path
from typing import Any, cast

import click
from click.core import ParameterSource
from twisted.internet.defer import CancelledError, Deferred
from twisted.internet.interfaces import IReactorCore, IReactorTime
from twisted.internet.task import react

from callserver.desktop.connection import CertificateUnusable, pinned_endpoint
from callserver.desktop.headless import AgentPlan, headless_agent
from callserver.desktop.places import Place
from callserver.desktop.script import AgentScriptError
from callserver.desktop.script_run import scripted_agent
from callserver.desktop.sound import SoundUnusable
from callserver.wire.catalogue import LANGUAGES, N_, told
from callserver.wire.messages import PORT
from callserver.wire.refusals import Refusal, Refused
from callserver.wire.terminal import here, person_language, prepare

NO_QT = N_(
    "The window needs PySide6, which is not installed here ({problem}): .venv/bin/pip install 'callserver[desktop]'"
)
HERE = "localhost"
HOW = {Refusal.MUST_CHANGE: " (--new-password-file FILE)", Refusal.ELSEWHERE: " (--take-over)"}
SECONDS = click.FloatRange(min=0)
FILE = click.Path(dir_okay=False, path_type=Path)


@click.command(help=here("Answer the shop's calls."), context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--headless", is_flag=True, help=here("Without a window: print what happens, speak and hear files."))
@click.option("--demo", is_flag=True, help=here("The window, with a shop for trying it: callers ring by themselves."))
@click.option("--menu-entry", is_flag=True, help=here("Put the window into this desktop's menu, and do no more."))
@click.option("--number", help=here("Staff number."))
@click.option("--password-file", type=FILE, help=here("File whose first line is the password."))
@click.option(
    "--new-password-file",
    type=FILE,
    help=here("Change the password to the first line of this file; a first password has to be changed."),
)
@click.option("--take-over", is_flag=True, help=here("Also when logged in elsewhere: the program there is closed."))
@click.option("--host", show_default="localhost", help=here("Where the server runs."))
@click.option("--port", type=click.IntRange(1, 65535), show_default=str(PORT), help=here("Its agents' port."))
@click.option("--certificate", type=FILE, help=here("The server's certificate, copied from its folder."))
@click.option(
    "--script", type=FILE, help=here("Do what this file says (docs/agent-scripts.md), instead of the options below.")
)
@click.option("--hear", type=FILE, help=here("WAV to write what the agent hears into."))
@click.option("--speak", type=FILE, help=here("WAV (8 kHz, 16 bits, one channel): the agent's voice."))
@click.option("--answer-after", "answer_after_s", type=SECONDS, default=1.0, show_default=True, help=here("Seconds."))
@click.option("--hold-after", "hold_after_s", type=SECONDS, help=here("Hold the caller after so many seconds."))
@click.option("--hold-for", "hold_for_s", type=SECONDS, default=3.0, show_default=True, help=here("And for so many."))
@click.option("--talk", "talk_s", type=SECONDS, help=here("Hang up after so many seconds; else the caller does."))
@click.option("--calls", type=click.IntRange(min=1), help=here("Log out after so many calls; else never."))
@click.option(
    "--reject", type=click.IntRange(min=0), default=0, show_default=True, help=here("Reject so many calls at first.")
)
@click.option("--language", type=click.Choice(LANGUAGES), default=person_language, help=here("To print in."))
def main(
    headless: bool,
    demo: bool,
    menu_entry: bool,
    number: str | None,
    password_file: Path | None,
    new_password_file: Path | None,
    take_over: bool,
    host: str | None,
    port: int | None,
    certificate: Path | None,
    script: Path | None,
    language: str,
    **plan: object,
) -> None:
    if menu_entry:
        put_into_menu()
        return
    if not headless:
        show_window(number or "", host, port, None if is_default("language") else language, demo)
        return
    place, how = (host or HERE, port or PORT), AgentPlan(language=language, **plan)  # type: ignore[arg-type]
    if not number or password_file is None or certificate is None:
        raise click.UsageError(here("--headless needs --number, --password-file and --certificate"))
    password = first_line(password_file)
    new = first_line(new_password_file) if new_password_file is not None else None
    react(run, (number, password, new, take_over, *place, certificate, how, script))


def is_default(option: str) -> bool:
    """Whether nobody has given it."""
    return click.get_current_context().get_parameter_source(option) is ParameterSource.DEFAULT


def put_into_menu() -> None:
    """An entry and an icon; says where."""
    try:
        from callserver.desktop.menu_entry import write_menu_entry

        click.echo(write_menu_entry())
    except ImportError as problem:
        raise click.ClickException(here(NO_QT, problem=problem)) from None
    except OSError as problem:
        raise click.ClickException(f"{problem.filename}: {problem.strerror}") from None


def show_window(number: str, host: str | None, port: int | None, language: str | None, demo: bool) -> None:
    """The agents' window; what is not given is as it was the last time."""
    try:
        from callserver.desktop.program import run as run_window
    except ImportError as problem:
        raise click.ClickException(here(NO_QT, problem=problem)) from None
    server = str(Place(host or HERE, port or PORT)) if host or port else ""
    run_window(language, server, number, demo)


def run(reactor: IReactorCore, *args: object) -> Deferred[None]:
    """The whole program, in one coroutine that control-C cancels."""
    story = Deferred.fromCoroutine(serve(reactor, *args))  # type: ignore[arg-type]

    def leave() -> Deferred[None]:
        story.cancel()
        return story

    reactor.addSystemEventTrigger("before", "shutdown", leave)
    return story


async def serve(
    reactor: IReactorCore,
    number: str,
    password: str,
    new_password: str | None,
    take_over: bool,
    host: str,
    port: int,
    certificate: Path,
    plan: AgentPlan,
    script: Path | None,
) -> None:
    """One headless agent; what stops him is said in one line, with exit code 1."""
    try:
        endpoint = pinned_endpoint(reactor, host, port, certificate)
        clock = cast(IReactorTime, reactor)
        if script is None:
            await headless_agent(clock, endpoint, number, password, plan, click.echo, new_password, take_over=take_over)
        else:
            told_to: dict[str, Any] = {"hear": plan.hear, "new_password": new_password, "take_over": take_over}
            await scripted_agent(clock, endpoint, number, password, script, click.echo, **told_to)
    except CancelledError:
        return
    except Refused as refused:
        fail(refused.in_full(plan.language) + HOW.get(refused.code, ""))
    except (CertificateUnusable, SoundUnusable, AgentScriptError) as unusable:
        fail(told(unusable, plan.language))


def fail(text: str) -> None:
    """End with one line."""
    click.echo(f"callserver-agent: {text}", err=True)
    sys.exit(1)


def first_line(path: Path) -> str:
    """The password."""
    try:
        line = path.read_text("utf-8-sig").split("\n", 1)[0].removesuffix("\r")
    except (OSError, UnicodeDecodeError) as error:
        raise click.ClickException(
            here("{path}: no password in it ({error})", path=str(path), error=str(error))
        ) from None
    if not line:
        raise click.ClickException(here("{path}: its first line is empty, there is no password in it", path=str(path)))
    return line


if __name__ == "__main__":
    prepare()
    main(prog_name="callserver-agent")
