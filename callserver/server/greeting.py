"""What the person who has started the server is told, in both languages."""

from callserver.config import EMULATED
from callserver.server.assembly import CallServer
from callserver.wire.terminal import both, column

LABEL_CELLS = 30


def greeting(server: CallServer) -> str:
    """What a newcomer needs next, in both languages."""
    config, folder = server.config, server.folder
    n_emulated = sum(line.device == EMULATED for line in config.lines.values())
    ready = both(
        "The telephone server is ready. Lines: {lines} (emulated: {emulated}), seats: {seats}.",
        lines=len(config.lines),
        emulated=n_emulated,
        seats=config.agents.seats,
    )
    rows = [
        (both("The shop's number"), config.exchange.number),
        (both("Agents' program"), "bin/callserver-agent --help"),
        (both("Agents' port"), server.agents.port_number if server.agents else ""),
        (both("Certificate"), server.certificate.file if server.certificate else ""),
        (both("First staff"), "800-804"),
        (both("First password"), folder.first_password_file),
        (both("Calls and timelines"), f"bin/callserver calls --shop {folder.path}"),
        (both("Settings"), folder.config_file),
        (both("Log"), folder.log_file),
    ]
    if n_emulated:
        rows.insert(1, (both("Call it"), f"bin/callserver-phone --socket {folder.exchange_socket}"))
    lines = [f"  {column(' '.join(label), LABEL_CELLS)}  {value}" for label, value in rows]
    return "\n".join(["", *ready, *lines, " ".join(both("Stop with Ctrl-C."))])
