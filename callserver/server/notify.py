"""What systemd is told (sd_notify(3)): a datagram to the socket it names, nothing where it named none."""

import os
import socket


def notify(*assignments: str) -> None:
    """Tell the service manager, for instance "READY=1", "STATUS=20 lines"."""
    address = os.environ.get("NOTIFY_SOCKET", "")
    if not address:
        return
    if address.startswith("@"):
        address = "\0" + address[1:]
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC | socket.SOCK_NONBLOCK) as way:
            way.sendto("\n".join(assignments).encode(), address)
    except OSError:
        pass  # gone, or it does not read: telling it is no part of answering the telephone
