"""What the person who has started the server is told, in both languages."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from callserver.calls.line import NOT_SET_UP
from callserver.config import EMULATED
from callserver.server.assembly import CallServer
from callserver.server.backups import backups
from callserver.server.shop_folder import ShopFolder
from callserver.wire.catalogue import N_, Complaint
from callserver.wire.cells import column
from callserver.wire.messages import Phrase
from callserver.wire.terminal import both, both_complaints

LABEL_CELLS = 30
DEAD_SHOWN = 8
DEMO = N_("DEMO: goods, customers and orders are made up. A shop of its own begins in another folder, with real lines.")


def greeting(server: CallServer) -> str:
    """What a newcomer needs next, in both languages."""
    config, folder = server.config, server.folder
    n_emulated = sum(line.device == EMULATED for line in config.lines.values())
    found = server.status.snapshot()["lines"]
    wanted = [line for line in found if line["enabled"]]
    ready = both(
        "The telephone server is ready. Lines: {alive} of {lines} alive (emulated: {emulated}), seats: {seats}.",
        alive=sum(line["alive"] for line in wanted),
        lines=len(wanted),
        emulated=n_emulated,
        seats=config.agents.seats,
    )
    rows = [
        (both("The shop's number"), config.exchange.number),
        (both("Agents' program"), "bin/callserver-agent --help"),
        (both("Agents' port"), server.agents.port_number if server.agents else ""),
        (both("Certificate"), server.certificate.file if server.certificate else ""),
        *_first_staff(folder),
        (both("Calls and timelines"), f"bin/callserver calls --shop {folder.path}"),
        (both("Settings"), folder.config_file),
        (both("Log"), folder.log_file),
    ]
    made = backups(folder, config)
    rows.append((both("Last backup"), made[0][0] if made else "-"))
    if n_emulated:
        rows.insert(1, (both("Call it"), f"bin/callserver-phone --socket {folder.exchange_socket}"))
    lines = [f"  {column(' '.join(label), LABEL_CELLS)}  {value}" for label, value in rows]
    demo = both(DEMO) if server.life is not None and server.life.demo else []
    dead = _dead(wanted, str(folder.path))
    return "\n".join(["", *ready, *demo, *_losses(server.losses), *dead, *lines, " ".join(both("Stop with Ctrl-C."))])


def _first_staff(folder: ShopFolder) -> list[tuple[list[str], object]]:
    """Nothing once all of them have chosen their own passwords, or none of these opens anything."""
    numbers = folder.first_numbers()
    if not numbers:
        return []
    return [(both("First staff"), ", ".join(numbers)), (both("First passwords"), folder.first_passwords)]


def _losses(losses: Sequence[Complaint]) -> Iterator[str]:
    """What became of the database: a shop that looks well, and is not, must not begin its day so."""
    for loss in losses:
        for told in both_complaints(loss):
            yield f"  ! {told}"


def _dead(lines: Sequence[Mapping[str, Any]], shop: str) -> Iterator[str]:
    """Why lines are not in service, a row each; of many the first."""
    dead = [line for line in lines if not line["alive"]]
    for line in dead[:DEAD_SHOWN]:
        why = line["reason"] or {"msgid": NOT_SET_UP, "details": {}}
        told = both("line {n}: {reason}", n=line["line"], reason=Phrase(why["msgid"], why["details"]))
        yield "  " + "  ".join(told)
    if len(dead) > DEAD_SHOWN:
        yield "  " + " ".join(
            both("and {n} more: bin/callserver status --shop {shop}", n=len(dead) - DEAD_SHOWN, shop=shop)
        )
