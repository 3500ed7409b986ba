"""What the machine can do, and what is asked of it."""

from __future__ import annotations

import subprocess
import sys

import pytest

from codecomplete.trainer.learning.machine import keep_freed_memory

KEPT = """
import ctypes, sys
from codecomplete.trainer.learning.machine import keep_freed_memory

class Info(ctypes.Structure):  # struct mallinfo2 of malloc.h
    _fields_ = [(name, ctypes.c_size_t) for name in "arena ordblks smblks hblks hblkhd usmblks "
                "fsmblks uordblks fordblks keepcost".split()]

libc, size = ctypes.CDLL(None), 64 << 20
libc.mallinfo2.restype, libc.malloc.restype = Info, ctypes.c_void_p
if sys.argv[1] == "kept":
    assert keep_freed_memory()
block = libc.malloc(ctypes.c_size_t(size))
mapped = libc.mallinfo2().hblkhd >= size
libc.free(ctypes.c_void_p(block))
print(mapped, libc.mallinfo2().fordblks >= size)
"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="glibc's allocator")
@pytest.mark.parametrize(("how", "said"), [("usual", "True False"), ("kept", "False True")])
def test_a_freed_block_stays_with_the_process_instead_of_being_mapped_anew(how, said):
    assert keep_freed_memory() in (True, False)
    done = subprocess.run(
        [sys.executable, "-c", KEPT, how], capture_output=True, text=True, check=True, timeout=120
    )
    assert done.stdout.strip() == said
