"""The systemd unit of one shop: started with the computer, watched, shut in (systemd.service(5), systemd.exec(5))."""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass
from pathlib import Path

WATCHDOG_S = 30
START_S = 900  # a database that another program has locked, recordings to repair
STOP_S = 60  # beyond the last call: records and recordings are written to their ends
NOT_PLAIN = re.compile(r"[\x00-\x1f\x7f]")

UNIT = """\
# bin/callserver unit --shop {shop_typed} --user {user} > /etc/systemd/system/callserver.service
# systemctl daemon-reload && systemctl enable --now callserver
[Unit]
Description=callserver, the telephone server of {shop}
Documentation=file:{manual}
After=network.target time-sync.target

[Service]
Type=notify
NotifyAccess=main
User={user}
SupplementaryGroups=dialout
Environment={python_path}
ExecStart={python} -m callserver start --shop {shop_argument}
ExecReload=/bin/kill -HUP $MAINPID
KillMode=mixed
TimeoutStartSec={start_s}
TimeoutStopSec={stop_s}
WatchdogSec={watchdog_s}
WatchdogSignal=SIGABRT
Restart=on-failure
RestartSec=5
LimitNOFILE=4096
UMask=0077

# It writes in the shop's folder, and uses serial ports, ptys, the network and its own processes. Nothing else.
ReadWritePaths={writes}
ProtectSystem=strict
ProtectHome=read-only
PrivateTmp=yes
# 166: ttyACM, 188: ttyUSB. systemd looks their names up when the server starts: none plugged in yet, none ever allowed.
DevicePolicy=closed
DeviceAllow=char-166 rw
DeviceAllow=char-188 rw
DeviceAllow=char-ttyS rw
DeviceAllow=char-pts rw
DeviceAllow=/dev/ptmx rw
CapabilityBoundingSet=
AmbientCapabilities=
NoNewPrivileges=yes
ProtectClock=yes
ProtectControlGroups=yes
ProtectHostname=yes
ProtectKernelLogs=yes
ProtectKernelModules=yes
ProtectKernelTunables=yes
ProtectProc=invisible
ProcSubset=pid
RemoveIPC=yes
KeyringMode=private
LockPersonality=yes
RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6
RestrictNamespaces=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
SystemCallArchitectures=native
SystemCallFilter=@system-service
SystemCallFilter=~@privileged @resources
SystemCallErrorNumber=EPERM

[Install]
WantedBy=multi-user.target
"""


@dataclass(frozen=True)
class Unit:
    """
    What one unit is made of.

    :param stop_wait_s: a stop waits so long for the last call
    :param writes: folders beside the shop's that are written to
    """

    shop: Path
    user: str
    python: Path
    top: Path
    stop_wait_s: float
    writes: tuple[Path, ...] = ()

    def text(self) -> str:
        """The file."""
        return UNIT.format(
            shop_typed=NOT_PLAIN.sub("?", shlex.quote(str(self.shop))),
            shop=comment(str(self.shop)),
            user=self.user,
            manual=comment(str(self.top / "README.md")).replace(" ", "%%20"),
            python_path=quoted(f"PYTHONPATH={self.top}"),
            python=quoted(str(self.python)),
            shop_argument=argument(str(self.shop)),
            writes=" ".join(quoted(str(path)) for path in (self.shop, *self.writes)),
            start_s=START_S,
            stop_s=round(self.stop_wait_s) + STOP_S,
            watchdog_s=WATCHDOG_S,
        )


def quoted(words: str) -> str:
    """One word of a unit, whatever stands in it: quotes, blanks, backslashes, percent signs, control characters."""
    words = words.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%")
    return '"' + NOT_PLAIN.sub(lambda found: f"\\x{ord(found[0]):02x}", words) + '"'


def argument(words: str) -> str:
    """As `quoted`, on a command line, where variables are looked for as well."""
    return quoted(words).replace("$", "$$")


def comment(words: str) -> str:
    """In a line for people; it must not begin another one."""
    return NOT_PLAIN.sub("?", words).replace("\\", "/").replace("%", "%%")
