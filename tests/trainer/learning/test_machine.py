"""What the machine can do: real figures of this one."""

from __future__ import annotations

import torch

from codecomplete.trainer.learning import machine

CPU = torch.device("cpu")


def test_a_device_is_there():
    assert machine.choose_device("cpu") == CPU
    assert machine.choose_device("auto").type in ("cpu", "cuda")


def test_memory_and_disk_are_those_of_this_machine(tmp_path):
    assert 10**7 < machine.available_memory(CPU) < 10**14
    deep = tmp_path / "not" / "there" / "yet"
    assert machine.free_disk(deep) > 0


def test_the_peak_is_measured_where_no_data_sheet_is_known():
    assert machine.peak_flops(CPU, bfloat16=False) > 1e8


def test_bf16_and_compilers_are_yes_or_no():
    assert machine.has_bfloat16(CPU) in (True, False)
    assert machine.can_compile(CPU) in (True, False)


def test_a_machine_without_a_compiler_says_so(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("CXX", "none")
    assert machine.can_compile(CPU) is False
