"""The server's own certificate: made at the first start, pinned by the desktop programs."""

import os
import socket
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from twisted.internet.ssl import CertificateOptions, PrivateCertificate

from callserver.wire.catalogue import Complaint
from callserver.wire.messages import CERTIFICATE_NAME

KEY_FILE, CERTIFICATE_FILE = "agents.key.pem", "agents.certificate.pem"
VALID = timedelta(days=3650)  # programs trust this very certificate: a new one means a visit to each


class CertificateError(Complaint):
    """The files are there and cannot be used; one line that says which and why."""


@dataclass(frozen=True)
class OwnCertificate:
    """What the server shows; agents get a copy of the file."""

    options: CertificateOptions
    file: Path
    fingerprint: str  # SHA-256, to read to each other on the telephone


def own_certificate(folder: Path) -> OwnCertificate:
    """
    The certificate in this folder, made if there is none; blocks for some milliseconds, so call it at start.

    :raises CertificateError: when the key is missing beside the certificate, or they cannot be read
    """
    key_file, certificate_file = folder / KEY_FILE, folder / CERTIFICATE_FILE
    if not certificate_file.exists():
        _make(key_file, certificate_file)
    try:
        both = key_file.read_bytes() + certificate_file.read_bytes()
        options = PrivateCertificate.loadPEM(both).options()  # type: ignore[no-untyped-call]
        certificate = x509.load_pem_x509_certificate(certificate_file.read_bytes())
    except Exception as error:
        raise CertificateError(
            "{file} and {key_file} cannot be used: {problem}", file=certificate_file, key_file=KEY_FILE, problem=error
        ) from error
    return OwnCertificate(options, certificate_file, certificate.fingerprint(hashes.SHA256()).hex(":").upper())


def _make(key_file: Path, certificate_file: Path) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    key_pem = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    _write(key_file, key_pem, mode=0o600)
    _write(certificate_file, _certificate(key).public_bytes(serialization.Encoding.PEM), mode=0o644)


def _certificate(key: ec.EllipticCurvePrivateKey) -> x509.Certificate:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "callserver")])
    now = datetime.now(UTC)
    hosts = {CERTIFICATE_NAME, socket.gethostname()}
    addresses = [x509.IPAddress(ip_address(address)) for address in ("127.0.0.1", "::1")]
    names = [*map(x509.DNSName, sorted(hosts)), *addresses]
    return (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + VALID)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .sign(key, hashes.SHA256())
    )


def _write(path: Path, data: bytes, mode: int) -> None:
    part = path.with_name(path.name + ".part")
    part.unlink(missing_ok=True)
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)
