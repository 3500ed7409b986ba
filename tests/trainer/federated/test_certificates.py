"""Keys and certificates that others accept, and that only their owner can read."""

from __future__ import annotations

import shutil
import ssl
import stat
import subprocess

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from codecomplete.trainer.errors import ConfigError
from codecomplete.trainer.federated.certificates import (
    node_key,
    node_keys,
    public_half,
    server_files,
)


def test_a_servers_certificate_is_of_its_authority_and_for_its_names(tmp_path):
    files = server_files(tmp_path / "keys", ["build.example", "10.1.2.3"])
    ssl.create_default_context(cafile=files.authority)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(files.certificate, files.key)
    if shutil.which("openssl"):
        for name in ("build.example", "localhost"):
            done = subprocess.run(
                ["openssl", "verify", "-CAfile", files.authority, "-verify_hostname", name,
                 files.certificate], capture_output=True, text=True,
            )  # fmt: skip
            assert done.returncode == 0, done.stdout + done.stderr
        done = subprocess.run(
            ["openssl", "verify", "-CAfile", files.authority, "-verify_ip", "10.1.2.3",
             files.certificate], capture_output=True,
        )  # fmt: skip
        assert done.returncode == 0


def test_private_halves_are_their_owners_only(tmp_path):
    files = server_files(tmp_path / "keys", [])
    key = node_key(tmp_path / "node" / "key")
    for path in (files.key, tmp_path / "keys" / "ca.key", key):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_files_that_are_there_are_kept(tmp_path):
    before = server_files(tmp_path, ["a.example"]).certificate.read_bytes()
    assert server_files(tmp_path, ["b.example"]).certificate.read_bytes() == before
    key = node_key(tmp_path / "key").read_bytes()
    assert node_key(tmp_path / "key").read_bytes() == key


def test_the_public_half_is_that_of_the_private_one(tmp_path):
    path = node_key(tmp_path / "key")
    private, public = node_keys(path)
    assert isinstance(private, ec.EllipticCurvePrivateKey)
    assert public_half(path).read_text().startswith("ecdsa-sha2-nistp384 ")
    assert private.public_key() == public


@pytest.mark.parametrize("content", [None, b"", b"-----BEGIN OPENSSH PRIVATE KEY-----\nxx\n"])
def test_what_is_no_key_is_said(tmp_path, content):
    if content is not None:
        (tmp_path / "key").write_bytes(content)
    with pytest.raises(ConfigError, match="no private key"):
        node_keys(tmp_path / "key")
