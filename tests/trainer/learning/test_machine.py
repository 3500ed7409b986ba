"""What the machine can do: real figures of this one; and what is asked of it."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
import torch

from codecomplete.trainer.errors import ConfigError
from codecomplete.trainer.learning import machine
from tests.patience import PATIENCE

CPU = torch.device("cpu")
KEPT = """
import ctypes
from codecomplete.trainer.learning.machine import keep_freed_memory

class Info(ctypes.Structure):  # struct mallinfo2 of malloc.h
    _fields_ = [(name, ctypes.c_size_t) for name in "arena ordblks smblks hblks hblkhd usmblks "
                "fsmblks uordblks fordblks keepcost".split()]

libc, size = ctypes.CDLL(None), 64 << 20
libc.mallinfo2.restype, libc.malloc.restype = Info, ctypes.c_void_p

def freed():
    block = libc.malloc(ctypes.c_size_t(size))
    mapped = libc.mallinfo2().hblkhd >= size
    libc.free(ctypes.c_void_p(block))
    print(mapped, libc.mallinfo2().fordblks >= size)

freed()
assert keep_freed_memory()
freed()
"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="glibc's allocator")
def test_a_freed_block_stays_with_the_process_instead_of_being_mapped_anew():
    done = subprocess.run(
        [sys.executable, "-c", KEPT],
        capture_output=True,
        text=True,
        check=True,
        timeout=PATIENCE,
    )
    assert done.stdout.splitlines() == ["True False", "False True"], "before, and after asking"


def test_a_device_is_there():
    assert machine.choose_device("cpu") == CPU
    assert machine.choose_device("auto").type in ("cpu", "cuda")


def test_memory_and_disk_are_those_of_this_machine(tmp_path):
    assert 10**7 < machine.available_memory(CPU) < 10**14
    deep = tmp_path / "not" / "there" / "yet"
    assert machine.free_disk(deep) > 0


def test_the_peak_is_measured_where_no_data_sheet_is_known():
    assert machine.peak_flops(CPU, bfloat16=False) > 1e8


@pytest.mark.skipif(not hasattr(os, "sched_setaffinity"), reason="needs Linux")
def test_programs_beside_it_do_not_lower_the_measured_peak():
    """Or later steps would come to more than all of it."""
    measure = machine._measured_flops.__wrapped__
    processors = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(processors)})
    others = []
    try:
        alone = measure(CPU, torch.float32)
        others += [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(4)]
        assert measure(CPU, torch.float32) > 0.5 * alone
    finally:
        for other in others:
            other.kill()
            other.wait()
        os.sched_setaffinity(0, processors)


def test_bf16_and_compilers_are_yes_or_no():
    assert machine.has_bfloat16(CPU) in (True, False)
    assert machine.can_compile(CPU) in (True, False)


def test_a_machine_without_a_compiler_says_so(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("CXX", "none")
    assert machine.can_compile(CPU) is False


@pytest.mark.parametrize("capability, native", [((7, 5), False), ((8, 0), True), ((9, 0), True)])
def test_a_card_that_emulates_bf16_is_not_said_to_have_it(monkeypatch, capability, native):
    monkeypatch.setattr(torch.cuda, "get_device_capability", lambda device: capability)
    monkeypatch.setattr(torch.cuda, "is_bf16_supported", lambda *_, **__: True)
    assert machine.has_bfloat16(torch.device("cuda")) is native


def test_a_gpu_that_is_not_there_is_refused(monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 1)
    assert machine.choose_device("cuda") == torch.device("cuda", 0)
    with pytest.raises(ConfigError, match="1 GPUs found, number 1 requested"):
        machine.choose_device("cuda", 1)
