"""`callserver verify`: whether the event log and the recordings are what they were; also while the server runs."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from callserver.commands.calls import known_shop
from callserver.commands.options import language_option
from callserver.commands.start import shop_option
from callserver.features.recordings.archive import Archive
from callserver.features.recordings.verifying import Verified
from callserver.features.recordings.verifying import verify as verified
from callserver.server.shop_folder import ShopFolder
from callserver.wire.catalogue import N_, plural, text, told
from callserver.wire.terminal import here

HELP = (
    here("Check that nobody has changed the event log or a recording: the first break is named."),
    here("The last line is the head of the chain: keep it elsewhere, and ask for it later with --head."),
    here("Exit code: 0: nothing was changed. 1: something was."),
)


@click.command(help="\n\n".join(HELP))
@click.option("--head", default="", help=here("What was printed once: it has to be in the chain still."))
@shop_option
@language_option
def verify(head: str, shop: Path, language: str) -> None:
    folder = ShopFolder(shop)
    last: Verified | None = None
    with known_shop(shop):
        for last in verified(Archive(folder.recordings, folder.path), head.strip().lower()):
            if last.found is not None:
                break
    assert last is not None
    if last.found is not None:
        click.echo(text(language, N_("BROKEN: {what}"), what=told(last.found, language)))
    click.echo(
        text(
            language,
            N_("checked: {events} events, {recordings} recordings, {files} files"),
            events=last.n_events,
            recordings=last.n_recordings,
            files=last.n_files,
        )
    )
    click.echo(
        text(language, N_("head of the chain, up to event {seq}: {digest}"), seq=last.head.seq, digest=last.head.digest)
    )
    if last.n_newer:
        newer = plural(
            language, "{n} newer event is in no link yet", "{n} newer events are in no link yet", last.n_newer
        )
        click.echo(newer)
    sys.exit(last.found is not None)
