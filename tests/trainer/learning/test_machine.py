"""What the machine can do, and what is asked of it."""

from __future__ import annotations

import subprocess
import sys

import pytest

from codecomplete.trainer.learning.machine import keep_freed_memory

FAULTS = """
import resource, sys, torch
from codecomplete.trainer.learning.machine import keep_freed_memory
if sys.argv[1] == "kept":
    assert keep_freed_memory()
torch.set_num_threads(1)

def step():
    for _ in range(3):
        torch.ones(8_000_000).sum()  # 32 MB, freed at once

step()
before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
for _ in range(5):
    step()
print(resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before)
"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="glibc's allocator")
def test_freed_memory_is_used_again_without_page_faults():
    def faults(how: str) -> int:
        done = subprocess.run(
            [sys.executable, "-c", FAULTS, how], capture_output=True, text=True, check=True,
            timeout=120,
        )  # fmt: skip
        return int(done.stdout)

    assert keep_freed_memory()
    usual, kept = faults("usual"), faults("kept")
    assert kept < usual / 10, (kept, usual)
