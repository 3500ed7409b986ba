"""The digest is SHA-256 whatever the size, and small files are digested without OpenSSL."""

from __future__ import annotations

import hashlib
import subprocess
import sys

import pytest

from codecomplete.engine.modeldir import digest


@pytest.mark.parametrize("size", [0, 1, digest.PART - 1, digest.PART, digest.PART + 1])
def test_it_is_sha_256(tmp_path, size):
    path = tmp_path / "file"
    path.write_bytes(b"x" * size)
    assert digest.sha256(path) == hashlib.sha256(b"x" * size).hexdigest()


SMALL = """
import sys
from pathlib import Path
sys.modules.pop("hashlib", None)
from codecomplete.engine.modeldir.digest import sha256
print(sha256(Path(sys.argv[1])), "_hashlib" in sys.modules)
"""


def test_a_small_file_loads_no_openssl(tmp_path):
    path = tmp_path / "file"
    path.write_bytes(b"small")
    done = subprocess.run(
        [sys.executable, "-c", SMALL, str(path)], capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == [hashlib.sha256(b"small").hexdigest(), "False"]
