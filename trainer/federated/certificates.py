"""Keys and certificates of a federation, created where they are missing.

A server has its own certificate authority, whose certificate each client gets once, by hand; a
client has a key pair, whose public half the server gets once, by hand. Private halves are readable
by their owner only, and never leave their machine. Knows files, no network.
"""

from __future__ import annotations

import ipaddress
import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
    load_ssh_private_key,
)
from cryptography.x509.oid import NameOID

from ..errors import ConfigError

DAYS = 365
LOOPBACK = ("localhost", "127.0.0.1")

NodeKeys = tuple[ec.EllipticCurvePrivateKey, ec.EllipticCurvePublicKey]


@dataclass(frozen=True)
class ServerFiles:
    """The files that a server needs. ``authority`` is the one that its clients need."""

    authority: Path
    certificate: Path
    key: Path


def server_files(folder: Path, hosts: Sequence[str]) -> ServerFiles:
    """The files in ``folder``; missing ones are created for these host names and addresses."""
    files = ServerFiles(folder / "ca.crt", folder / "server.pem", folder / "server.key")
    if not files.authority.is_file():
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        key = _new_key(folder / "ca.key")
        authority = _certificate("codecomplete federation", key, key, None, [])
        _write(files.authority, authority.public_bytes(Encoding.PEM), 0o644)
    if not files.certificate.is_file():
        authority = x509.load_pem_x509_certificate(files.authority.read_bytes())
        signing = load_pem_private_key((folder / "ca.key").read_bytes(), None)
        assert isinstance(signing, ec.EllipticCurvePrivateKey), "we made it"
        names = list(dict.fromkeys([*LOOPBACK, *hosts]))
        own = _certificate(names[-1], _new_key(files.key), signing, authority, names)
        _write(files.certificate, own.public_bytes(Encoding.PEM), 0o644)
    return files


def node_key(path: Path) -> Path:
    """A client's private key, created if it is missing, with the public half beside it."""
    if not path.is_file():
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        key = ec.generate_private_key(ec.SECP384R1())
        private = key.private_bytes(Encoding.PEM, PrivateFormat.OpenSSH, NoEncryption())
        public = key.public_key().public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH)
        _write(public_half(path), public + b" codecomplete\n", 0o644)
        _write(path, private, 0o600)
    return path


def public_half(path: Path) -> Path:
    """The path of the public half of a client's key."""
    return path.with_name(path.name + ".pub")


def node_keys(path: Path) -> NodeKeys:
    """A client's keys in Flower's form. Raises ConfigError if they are of another kind."""
    try:
        private = load_ssh_private_key(path.read_bytes(), None)
    except (OSError, ValueError) as error:
        raise ConfigError(f"{path}: no private key that can be read: {error}") from error
    if not isinstance(private, ec.EllipticCurvePrivateKey):
        raise ConfigError(f"{path}: expected an ECDSA key (ssh-keygen -t ecdsa -b 384 -N '')")
    return private, private.public_key()


def _new_key(path: Path) -> ec.EllipticCurvePrivateKey:
    key = ec.generate_private_key(ec.SECP384R1())
    data = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    _write(path, data, 0o600)
    return key


def _write(path: Path, data: bytes, mode: int) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)


def _certificate(
    name: str,
    key: ec.EllipticCurvePrivateKey,
    signing: ec.EllipticCurvePrivateKey,
    authority: x509.Certificate | None,
    names: Sequence[str],
) -> x509.Certificate:
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject if authority is None else authority.subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(minutes=5))
        .not_valid_after(now + timedelta(days=DAYS))
        .add_extension(x509.BasicConstraints(ca=authority is None, path_length=None), True)
    )
    if names:
        alternatives = x509.SubjectAlternativeName([_alternative(one) for one in names])
        builder = builder.add_extension(alternatives, False)
    return builder.sign(signing, hashes.SHA384())


def _alternative(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)
