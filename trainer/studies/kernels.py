"""python -m codecomplete.trainer.studies.kernels: one step, by our kernel and others, in one run.

Milliseconds per token alone and in a replay of 512, at 4, 36 and 34 million parameters, one thread:
the kernel with 8 and 4 bits, ONNX Runtime with the exported graph, llama.cpp with a llama of about
the same size (``llamacpp.py`` says how it is run), and plain PyTorch in float32. The package of
llama.cpp is built for AVX2, so the kernel also runs on that path. The contenders take turns within
one run and the best of each counts, so that ratios mean something on a machine that is shared with
other work. Beside them, the least that reading the weights takes: their bytes over the memory
bandwidth that is measured here. Weights are random, but for the packaged model's. What is
not installed, or does not run here, is left out.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch

from codecomplete.engine.command.memory import resident_mb
from codecomplete.engine.kernel import native
from codecomplete.engine.modeldir.config import BLOCK, ModelConfig
from codecomplete.engine.modeldir.directory import open_directory
from codecomplete.engine.modeldir.names import DEFAULT, PACKAGED
from codecomplete.engine.state.runtime import Runtime

from ..export import weights
from ..export.formats import export, save_onnx
from ..export.gguf import save_gguf
from ..export.rounding import Quantisation
from ..network.transformer import Transformer
from ..runs.presets import PRESETS
from . import llamacpp
from .serving import cached

PRESET_NAMES = ("small", "flagship", "system-a")
REPLAYED = 512
KERNEL, KERNEL_4, ONNX = "kernel, 8 bits", "kernel, 4 bits", "ONNX Runtime, 8 bits"
KERNEL_AVX2, LLAMA = "kernel, 8 bits, AVX2", "llama.cpp, Q8_0"
TORCH = "PyTorch, 32 bits"
CONTENDERS = (KERNEL, KERNEL_AVX2, KERNEL_4, ONNX, LLAMA, TORCH)
GGUF = "llama.gguf"


@dataclass(frozen=True)
class Contender:
    """One way to run a model: a step with a half-full window, a replay, and the first step."""

    step: Callable[[], Any]
    replay: Callable[[], Any]
    first: Callable[[], Any]


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=40, help="turns that each contender gets")
    parser.add_argument("--presets", nargs="+", default=PRESET_NAMES, choices=PRESET_NAMES)
    parser.add_argument("--kernel", help="path of the kernel (default: the best that runs)")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--alone", nargs=2, metavar=("CONTENDER", "FOLDER"), help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    torch.set_num_threads(1)
    if options.alone:
        print(json.dumps(alone(options.alone[0], Path(options.alone[1]))))
        return
    found = {name: measure(name, options.rounds, options.kernel) for name in options.presets}
    result = {"bandwidth_gb_s": round(bandwidth(), 1), "models": found}
    print(json.dumps(result, indent=1) if options.json else table(result))


def measure(preset: str, rounds: int, kernel: str | None) -> dict[str, Any]:
    """The figures of all contenders for one preset."""
    with tempfile.TemporaryDirectory() as folder:
        sizes = prepare(preset, Path(folder))
        contenders = {name: open_contender(name, Path(folder), kernel) for name in present()}
        times = race(contenders, rounds)
        for name in contenders:
            times[name] |= _alone_in_a_process(name, Path(folder))
            times[name]["weights_mb"] = round(sizes[name] / 1e6, 2)
    return times


def present() -> list[str]:
    """The contenders that this machine can run."""
    missing = set()
    if "avx2" not in native.paths(native.open_library()):
        missing.add(KERNEL_AVX2)
    if not llamacpp.is_installed():
        missing.add(LLAMA)
    return [name for name in CONTENDERS if name not in missing]


def prepare(preset: str, folder: Path) -> dict[str, int]:
    """Write the model for every contender; returns the bytes of weights that a step reads."""
    directory = open_directory(PACKAGED / DEFAULT)
    config = PRESETS[preset].model
    if preset == DEFAULT:
        state = {name: torch.from_numpy(v) for name, v in weights.read(directory).items()}
    else:
        state = _random(config)
    rounding = Quantisation.in_blocks(PRESETS[preset].block)
    tokenizer = directory.tokenizer
    export(config, state, tokenizer, folder / KERNEL, preset, rounding)
    export(config, state, tokenizer, folder / KERNEL_4, preset, Quantisation.in_blocks(32, 4))
    save_onnx(config, state, tokenizer, folder / ONNX, rounding)
    torch.save(state, folder / TORCH)
    sizes = {name: _read_bytes(folder / name) for name in (KERNEL, KERNEL_4)}
    sizes |= dict.fromkeys((KERNEL_AVX2, ONNX), sizes[KERNEL])
    if llamacpp.is_installed():
        sizes[LLAMA] = _prepare_llama(config, tokenizer, folder / GGUF)
    return sizes | {TORCH: 4 * sum(v.numel() for v in state.values())}


def _prepare_llama(config: ModelConfig, tokenizer: Path, path: Path) -> int:
    """Write the llama that llama.cpp runs; returns the bytes that a step of it reads."""
    config = llamacpp.like(config)
    arrays = {name: value.numpy() for name, value in _random(config).items()}
    plain = llamacpp.plain_vocabulary(tokenizer, path.with_suffix(".json"))
    size = save_gguf(config, arrays, plain, path, LLAMA, eight_bits=True).stat().st_size
    return size if config.tied else size - config.vocabulary_size * config.n_embd


def _read_bytes(path: Path) -> int:
    """Bytes of a model's matrices; an embedding that is not also the head is hardly read."""
    directory = open_directory(path)
    size = directory.weights.stat().st_size
    config = directory.config
    return size if config.tied else size - config.vocabulary_size * config.n_embd


def _random(config: ModelConfig) -> dict[str, torch.Tensor]:
    torch.manual_seed(0)
    model = Transformer(config)
    for name, value in model.named_parameters():
        if name.endswith(("projection.weight", "down.weight")):
            torch.nn.init.normal_(value, std=0.7 * value.shape[1] ** -0.5)
    return model.state_dict()


def open_contender(name: str, folder: Path, kernel: str | None = None) -> Contender:
    """A contender, loaded."""
    config = open_directory(folder / KERNEL).config
    length = min(REPLAYED, config.window) if config.policy == BLOCK else REPLAYED
    ids = np.random.default_rng(0).integers(20, 4000, length).tolist()
    past = length // 2
    if name in (KERNEL, KERNEL_4, KERNEL_AVX2):
        weights_of, kernel = (KERNEL, "avx2") if name == KERNEL_AVX2 else (name, kernel)
        buffers = Runtime(open_directory(folder / weights_of), kernel=kernel).new_buffers()
        return _of(lambda ids, past: buffers.step(ids, past, past), ids, past)
    if name == ONNX:
        from ..export.graphrun import Graph

        graph = Graph(folder / ONNX)
        return _of(lambda ids, past: graph.step(ids, past, past), ids, past)
    if name == LLAMA:
        # It pads what a token attends to to 256 entries: with this one 256, as ours.
        return _of(llamacpp.LlamaCpp(folder / GGUF, 2 * length).step, ids, past - 1)
    return _torch_contender(config, folder, ids, past)


def _of(step: Callable[[list[int], int], Any], ids: list[int], past: int) -> Contender:
    return Contender(lambda: step([7], past), lambda: step(ids, 0), lambda: step([7], 0))


def _torch_contender(config: ModelConfig, folder: Path, ids: list[int], past: int) -> Contender:
    model = Transformer(config).eval()
    model.load_state_dict(torch.load(folder / TORCH, weights_only=True))
    begun: list[tuple[torch.Tensor, torch.Tensor]] = []
    with torch.inference_mode():
        cached(model, torch.tensor([ids[:past]]), begun)

    @torch.inference_mode()
    def step() -> None:
        cached(model, torch.tensor([[7]]), list(begun))

    @torch.inference_mode()
    def afresh(ids: list[int]) -> None:
        cached(model, torch.tensor([ids]), [])

    return Contender(step, lambda: afresh(ids), lambda: afresh([7]))


def race(contenders: dict[str, Contender], rounds: int) -> dict[str, dict[str, float]]:
    """Best and median milliseconds of each, in turns; CPU time, which excludes other programs."""
    steps: dict[str, list[float]] = {name: [] for name in contenders}
    replays: dict[str, list[float]] = {name: [] for name in contenders}
    for turn in range(rounds):
        for name, one in contenders.items():
            one.replay()
            steps[name] += [_milliseconds(one.step) for _ in range(20)]
            if turn % 4 == 0:
                replays[name].append(_milliseconds(one.replay))
    return {
        name: {
            "step_ms": round(min(steps[name]), 4),
            "step_ms_median": round(float(np.median(steps[name])), 4),
            "replay_ms": round(min(replays[name]), 2),
            "replay_ms_median": round(float(np.median(replays[name])), 2),
        }
        for name in contenders
    }


def _milliseconds(work: Callable[[], Any]) -> float:
    start = time.thread_time()
    work()
    return 1000 * (time.thread_time() - start)


def _alone_in_a_process(name: str, folder: Path) -> dict[str, float]:
    command = [sys.executable, "-m", __spec__.name, "--alone", name, str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


def alone(name: str, folder: Path) -> dict[str, float]:
    """The memory for loading a contender and one replay, and the CPU seconds of loading it.

    The imports of this module, mostly PyTorch, do not count.
    """
    before, start = resident_mb(), time.process_time()
    contender = open_contender(name, folder)
    contender.first()
    load = time.process_time() - start
    contender.replay()
    return {"load_s": round(load, 3), "added_mb": round(resident_mb() - before, 1)}


def bandwidth() -> float:
    """GB per second that one thread reads from memory, at best."""
    data = np.ones(256 << 17, np.float64)
    best = min(_milliseconds(data.sum) for _ in range(8))
    return data.nbytes / best / 1e6


def table(result: dict[str, Any]) -> str:
    """The result as a Markdown table."""
    return "\n\n".join(_tables(result))


def _tables(result: dict[str, Any]) -> Iterator[str]:
    speed = result["bandwidth_gb_s"]
    yield f"Memory is read at {speed} GB/s. One thread."
    head = "| | step ms, best / median | of ONNX Runtime's | of llama.cpp's | replay ms, best "
    head += "| of ONNX Runtime's | of llama.cpp's | bound ms | load s | added MB |"
    head += "\n|---|---|---|---|---|---|---|---|---|---|"
    for preset, rows in result["models"].items():
        lines = [
            f"| {name} | {row['step_ms']:.3f} / {row['step_ms_median']:.3f} "
            f"| {_ratios(rows, name, 'step_ms')} | {row['replay_ms']:.1f} "
            f"| {_ratios(rows, name, 'replay_ms')} | {row['weights_mb'] / speed:.3f} "
            f"| {row['load_s']} | {row['added_mb']} |"
            for name, row in rows.items()
        ]
        yield "\n".join([f"`{preset}`:\n", head, *lines])


def _ratios(rows: dict[str, dict[str, float]], name: str, what: str) -> str:
    """A figure of one row over ONNX Runtime's and llama.cpp's, as two cells."""
    others = (rows.get(other) for other in (ONNX, LLAMA))
    return " | ".join(f"{rows[name][what] / other[what]:.2f}" if other else "" for other in others)


if __name__ == "__main__":
    main()
