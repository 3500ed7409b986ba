"""The machine's devices, precision, memory and peak arithmetic rate."""

from __future__ import annotations

import ctypes
import os
import shutil
import time
from functools import cache
from pathlib import Path

import torch

from ..errors import ConfigError

GPU_PEAKS = {"H200": 989e12, "H100": 989e12, "A100": 312e12, "L40": 181e12, "4090": 165e12}
"""Dense bf16 FLOP/s, by a part of the device's name, from the manufacturers' data sheets."""

NATIVE_BFLOAT16 = (8, 0)  # compute capability
PROBE_SECONDS = 0.15
PROBE_SIZE = 768


M_TRIM_THRESHOLD, M_MMAP_MAX = -1, -4  # parameters of glibc's mallopt(3)


def keep_freed_memory() -> bool:
    """Make glibc keep freed memory for the next step; False if there is no glibc.

    A step frees some hundred megabytes and allocates them again. By default the allocator returns
    blocks of that size to the system, which provides them page by page, cleared: half a million
    page faults per step, a tenth of its time.
    """
    try:
        mallopt = ctypes.CDLL(None).mallopt
    except (OSError, AttributeError):
        return False
    most = 2**31 - 1
    return bool(mallopt(M_MMAP_MAX, 0)) and bool(mallopt(M_TRIM_THRESHOLD, most))


def choose_device(name: str, local: int = 0) -> torch.device:
    """The device; for ``auto``, the GPU with this process's number, if there is one, or the CPU.

    Raises ConfigError if a requested GPU does not exist.
    """
    found = torch.cuda.device_count() if torch.cuda.is_available() else 0
    if name == "auto":
        name = "cuda" if found else "cpu"
    if name == "cuda" and found <= local:
        build = "this build of torch knows none" if torch.version.cuda is None else "see nvidia-smi"
        raise ConfigError(
            f"--device cuda: {found} GPUs found, number {local} requested ({build}); use --device "
            "cpu, or auto, which uses a GPU if there is one"
        )
    return torch.device(name, local) if name == "cuda" else torch.device(name)


def has_bfloat16(device: torch.device) -> bool:
    """Whether bf16 arithmetic is native, and so faster than fp32.

    For older cards (before compute capability 8.0) torch reports support but emulates it slowly.
    """
    if device.type == "cuda":
        return torch.cuda.get_device_capability(device) >= NATIVE_BFLOAT16
    try:
        return bool(torch.ops.mkldnn._is_mkldnn_bf16_supported())
    except (AttributeError, RuntimeError):  # built without it
        return False


def can_compile(device: torch.device) -> bool:
    """Whether ``torch.compile`` can work: with a C++ compiler, or with Triton on a GPU."""
    if device.type == "cuda":
        return True
    return any(shutil.which(name) for name in (os.environ.get("CXX", "g++"), "c++", "clang++"))


def peak_flops(device: torch.device, bfloat16: bool) -> float:
    """The peak FLOP/s for MFU: the data sheet's for known GPUs, otherwise measured here."""
    if device.type == "cuda":
        name = torch.cuda.get_device_name(device)
        known = [peak for part, peak in GPU_PEAKS.items() if part in name]
        if known:
            return known[0]
    return _measured_flops(device, torch.bfloat16 if bfloat16 else torch.float32)


@cache
def _measured_flops(device: torch.device, dtype: torch.dtype) -> float:
    # while other programs have the processor, time stands still: a peak must not be exceeded later
    clock = time.thread_time if device.type == "cpu" else time.perf_counter
    x = torch.full((PROBE_SIZE, PROBE_SIZE), 0.5, device=device, dtype=dtype)
    x @ x
    count, begin = 0, clock()
    while clock() - begin < PROBE_SECONDS:
        (x @ x)[0, 0].item()  # waits for the product
        count += 1
    return count * 2 * PROBE_SIZE**3 / (clock() - begin)


def available_memory(device: torch.device) -> int:
    """The bytes that are available on a device now."""
    if device.type == "cuda":
        return torch.cuda.mem_get_info(device)[0]
    try:
        lines = Path("/proc/meminfo").read_text().splitlines()
        facts = dict(line.split(":", 1) for line in lines)
        return int(facts["MemAvailable"].split()[0]) * 1024
    except (OSError, KeyError, ValueError):  # not Linux
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")


def free_disk(path: Path) -> int:
    """The bytes free where ``path`` is or would be created."""
    while not path.exists():
        path = path.parent
    return shutil.disk_usage(path).free
