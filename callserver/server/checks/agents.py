"""The agents' channel: its address and port are taken for a moment, its certificate is read."""

from __future__ import annotations

import errno
import socket
from collections.abc import Iterator
from datetime import UTC, datetime

from cryptography import x509

from callserver.agents.tls import CERTIFICATE_FILE, CertificateError, own_certificate
from callserver.config import Finding, Grade, Reading
from callserver.server.shop_folder import ShopFolder
from callserver.wire.catalogue import Complaint


def channel(reading: Reading) -> Iterator[Finding]:
    """Whether agents' programs can be listened for; not asked when a server does so already, nor of an unread port."""
    yield from listening(reading, "agents", reading.config.agents.host, reading.config.agents.port)


def listening(reading: Reading, section: str, host: str, port: int, grade: Grade = Grade.STOPS) -> Iterator[Finding]:
    """Whether a section's host and port can be listened on, as far as they could be read."""
    if any((found.section, found.key) == (section, "port") for found in reading.findings):
        return
    try:
        with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as trial:
            trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # as the server does
            trial.bind((host, port))
            trial.listen(1)
    except OSError as problem:
        key, complaint = _refused(host, port, problem)
        yield reading.finding(complaint, section, key, grade)


def certificate(reading: Reading, folder: ShopFolder) -> Iterator[Finding]:
    """One that is there can be read, fits its key and holds today; a missing one is made at the start."""
    file = folder.path / CERTIFICATE_FILE
    if not file.exists():
        return
    try:
        own_certificate(folder.path)
        shown = x509.load_pem_x509_certificate(file.read_bytes())
    except (CertificateError, OSError) as problem:
        yield Finding(problem, file)
        return
    now = datetime.now(UTC)
    if now > shown.not_valid_after_utc:
        until = f"{shown.not_valid_after_utc:%Y-%m-%d}"
        complaint = Complaint("expired on {date}: delete it with its key; give agents the new one", date=until)
        yield Finding(complaint, file, grade=Grade.MISTAKE)
    elif now < shown.not_valid_before_utc:
        since = f"{shown.not_valid_before_utc:%Y-%m-%d}"
        complaint = Complaint("holds from {date} on: is this computer's clock right?", date=since)
        yield Finding(complaint, file, grade=Grade.MISTAKE)


def _refused(host: str, port: int, problem: OSError) -> tuple[str, Complaint]:
    """The setting that is to blame, and why."""
    if problem.errno == errno.EADDRINUSE:
        return "port", Complaint("{port}: another program listens there; take another port", port=port)
    if problem.errno in (errno.EACCES, errno.EPERM):
        return "port", Complaint("{port}: ports below 1024 are the administrator's; take one from 1024 on", port=port)
    if problem.errno == errno.EADDRNOTAVAIL:
        return "host", Complaint("{host}: this computer has no such address; 0.0.0.0 is all it has", host=host)
    return "host", Complaint("{host}: cannot be listened on ({problem})", host=host, problem=problem.strerror)
