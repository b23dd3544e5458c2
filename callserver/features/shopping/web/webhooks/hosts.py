"""Where messages may go: to this computer, and to hosts that config.ini names. Asked when a target is added, and again
each time before something is sent."""

from __future__ import annotations

from collections.abc import Collection
from urllib.parse import urlsplit

from callserver.features.shopping.web.site import is_loopback
from callserver.wire.catalogue import Complaint

MOST = 500  # characters


class TargetFault(Complaint):
    """Nothing is sent there."""


def check_target(url: str, allowed: Collection[str]) -> None:
    """
    :param allowed: names of hosts
    :raises TargetFault: nothing may be sent to this URL
    """
    if len(url) > MOST or not url.isascii() or not url.isprintable() or " " in url:
        raise TargetFault("{url} is no URL", url=repr(url[:80]))
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname or "", parts.port
    except ValueError as problem:
        raise TargetFault("{url} is no URL", url=repr(url[:80])) from problem
    if parts.scheme not in ("http", "https") or not host or parts.username or parts.password or parts.fragment:
        raise TargetFault("{url}: needs http://HOST:PORT/PATH or https://HOST/PATH", url=repr(url[:80]))
    if is_loopback(host):
        return
    if host not in {one.lower() for one in allowed}:
        raise TargetFault("{host} is not allowed: name it in config.ini, [interface] webhook_hosts", host=host)
    if parts.scheme != "https":
        raise TargetFault("{url}: outside this computer only https is used", url=repr(url[:80]))
