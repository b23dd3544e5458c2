"""callserver on the command line; each command imports what it needs when it is called."""

import importlib
import sys
from pathlib import Path

import click

from callserver.commands.options import Group
from callserver.commands.start import shop_option
from callserver.config import ConfigError
from callserver.server.features import commands
from callserver.wire.catalogue import Complaint
from callserver.wire.terminal import complaint, error, here, prepare

COMMANDS = {
    "start": ("callserver.commands.start", "start"),
    "check": ("callserver.commands.check", "check"),
    "check-menu": ("callserver.commands.check_menu", "check_menu"),
    "menus": ("callserver.commands.menus", "menus"),
    "notice": ("callserver.commands.switches", "notice"),
    "lines": ("callserver.commands.lines", "lines"),
    "try": ("callserver.commands.try_menu", "try_menu"),
    "status": ("callserver.commands.status", "status"),
    "prompts": ("callserver.commands.prompts", "prompts"),
    "stop": ("callserver.commands.stop", "stop"),
    "reload": ("callserver.commands.stop", "reload"),
    "unit": ("callserver.commands.unit", "unit"),
    "demo": ("callserver.commands.demo", "demo"),
    "calls": ("callserver.commands.calls", "calls"),
    "call": ("callserver.commands.calls", "call"),
    "recordings": ("callserver.commands.recordings", "recordings"),
    "verify": ("callserver.commands.verify", "verify"),
    "why": ("callserver.commands.why", "why"),
    "backup": ("callserver.commands.backup", "backup"),
    "restore": ("callserver.commands.backup", "restore_command"),
    "staff": ("callserver.commands.staff", "staff"),
    "groups": ("callserver.commands.organisation", "groups"),
    "queues": ("callserver.commands.organisation", "queues"),
    "hours": ("callserver.commands.organisation", "hours"),
    "offices": ("callserver.commands.organisation", "offices"),
    "regions": ("callserver.commands.organisation", "regions"),
    "faults": ("callserver.commands.faults", "faults"),
    "fax": ("callserver.commands.fax", "fax"),
    "mail": ("callserver.commands.mail", "mail"),
    "customers": ("callserver.commands.customers", "customers"),
    "orders": ("callserver.commands.orders", "orders"),
    "goods": ("callserver.commands.goods", "goods"),
    "interface": ("callserver.commands.interface", "interface"),
    "callers": ("callserver.commands.organisation", "callers"),
    "emulate": ("callserver.commands.emulate", "emulate"),
    "listen": ("callserver.commands.listen", "listen"),
    "rehearse": ("callserver.commands.rehearse", "rehearse"),
    "stats": ("callserver.commands.stats", "stats"),
    "learn-tones": ("callserver.commands.learn_tones", "learn_tones"),
}


class Commands(Group):
    """The commands of COMMANDS, imported one at a time: `callserver calls` needs no numpy. Then those of features."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return [*COMMANDS, *commands()]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return commands().get(cmd_name)
        module, name = COMMANDS[cmd_name]
        command: click.Command = getattr(importlib.import_module(module), name)
        return command


HELP = (
    here("A call-centre telephone server for a shop."),
    here("Without a command it starts the server (the same as start)."),
    here(
        "The first start makes the folder shop with config.ini, a certificate and first passwords, and serves an "
        "emulated exchange of 20 lines."
    ),
)


@click.command(
    cls=Commands,
    invoke_without_command=True,
    help="\n\n".join(HELP),
    context_settings={"help_option_names": ["-h", "--help"]},
)
@shop_option
@click.version_option(
    package_name="callserver",
    prog_name="callserver",
    message="%(prog)s %(version)s",
    help=here("Show the version and exit."),
)
@click.pass_context
def main(context: click.Context, shop: Path) -> None:
    """The command line of bin/callserver."""
    if context.invoked_subcommand is None:
        command = main.get_command(context, "start")
        assert command is not None
        context.invoke(command, shop=shop)


if __name__ == "__main__":
    prepare()
    try:
        main(prog_name="callserver")
    except ConfigError as problem:  # a line each, with its place
        sys.exit(complaint(problem))
    except (Complaint, OSError) as problem:  # OSError: the output goes to a full disk, for instance
        sys.exit(error(problem))
