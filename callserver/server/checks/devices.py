"""The modems' ports: each is looked at, and opened for a moment unless a server uses it."""

from __future__ import annotations

import errno
import grp
import os
import stat
import termios
from collections.abc import Iterator
from pathlib import Path

from callserver.config import EMULATED, Finding, Grade, Reading
from callserver.wire.catalogue import Complaint

BY_PATH = Path("/dev/serial/by-path")
NOT_THERE = (errno.ENXIO, errno.ENODEV, errno.EIO)  # the name is there, and no hardware behind it


def devices(reading: Reading, running: bool) -> Iterator[Finding]:
    """
    One finding a section; a modem that is not plugged in is a note, for it may be later.

    :param running: a server uses them, so none is opened
    """
    first: dict[int, str] = {}
    sections = {reading.line_section(number): line.device for number, line in reading.config.lines.items()}
    for section, device in sections.items():
        if device == EMULATED:
            continue
        try:
            other = first.setdefault(_number_of(device), section)
            if sections[other] != device:
                there = {"device": sections[other], "other": f"[{other}]"}
                raise Complaint("the same modem as {device} of {other}", **there)
            if not running:
                _open_once(device)
        except OSError as problem:
            yield reading.finding(_not_now(device, problem), section, "device", Grade.NOTE)
        except Complaint as complaint:
            yield reading.finding(complaint, section, "device", Grade.MISTAKE)


def _number_of(device: str) -> int:
    """Of the device behind whatever name or link."""
    found = os.stat(device)
    if not stat.S_ISCHR(found.st_mode):
        raise Complaint("{device} is no serial port", device=device)
    return found.st_rdev


def _open_once(device: str) -> None:
    handle = os.open(device, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK | os.O_CLOEXEC)
    try:
        termios.tcgetattr(handle)
    except termios.error as problem:
        if problem.args[0] in NOT_THERE:
            raise OSError(*problem.args) from problem
        raise Complaint("{device} is no serial port", device=device) from problem
    finally:
        os.close(handle)


def _not_now(device: str, problem: OSError) -> Complaint:
    """It may be all right later."""
    if isinstance(problem, FileNotFoundError):
        return _absent(device)
    if isinstance(problem, PermissionError):
        group = _group_of(device)
        details = {"device": device, "group": group}
        return Complaint("no right to {device}: take the server's user into the group {group}", **details)
    if problem.errno == errno.EBUSY:
        return Complaint("{device}: another program uses it", device=device)
    return Complaint("{device} cannot be opened ({problem})", device=device, problem=os.strerror(problem.errno or 0))


def _absent(device: str) -> Complaint:
    there = sorted(map(str, BY_PATH.iterdir())) if BY_PATH.is_dir() else []
    if there:
        ports = ", ".join(there)
        return Complaint("{device} is not there now; there are {ports}", device=device, ports=ports)
    return Complaint("{device} is not there now: its line comes into service when it is plugged in", device=device)


def _group_of(device: str) -> str:
    gid = os.stat(device).st_gid
    try:
        return grp.getgrgid(gid).gr_name
    except KeyError:
        return str(gid)
