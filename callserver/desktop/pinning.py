"""The fingerprint of a certificate that is pinned here."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path
from ssl import PEM_cert_to_DER_cert


def fingerprint_of(certificate_file: Path) -> str:
    """SHA-256, as `openssl x509 -fingerprint -sha256` tells it; "" if there is no certificate."""
    try:
        der = PEM_cert_to_DER_cert(certificate_file.read_text("ascii"))
    except (OSError, ValueError):
        return ""
    return ":".join(f"{octet:02X}" for octet in sha256(der).digest())
