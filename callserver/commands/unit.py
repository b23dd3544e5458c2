"""`callserver unit`: the systemd unit of a shop, to be put where systemd finds it."""

import pwd
import sys
from pathlib import Path

import click

from callserver.commands.options import require_shop
from callserver.commands.start import shop_option
from callserver.server.shop_folder import TOP, ShopFolder
from callserver.server.unit_file import Unit
from callserver.wire.terminal import here

HELP = (
    here("Print a systemd unit for this shop: started with the computer, watched, shut in."),
    here("Put it into /etc/systemd/system/callserver.service; the first lines say how."),
)


@click.command(help="\n\n".join(HELP))
@shop_option
@click.option("--user", help=here("Who it runs as; if not given, whose the shop's folder is."))
def unit(shop: Path, user: str | None) -> None:
    folder = ShopFolder(shop.absolute())
    require_shop(folder)
    config = folder.config()
    database = folder.path / config.server.database
    elsewhere = "://" not in config.server.database and folder.path not in database.parents
    click.echo(
        Unit(
            folder.path,
            _known(user) if user else _owner(folder.path),
            Path(sys.executable),
            TOP,
            config.server.stop_wait_s,
            (database.parent,) if elsewhere else (),
        ).text(),
        nl=False,
    )


def _owner(folder: Path) -> str:
    uid = folder.stat().st_uid
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:  # made in a container, or on another computer
        return str(uid)


def _known(user: str) -> str:
    try:
        return pwd.getpwnam(user).pw_name
    except KeyError:
        raise click.BadParameter(here("there is no user {user} here", user=repr(user))) from None
