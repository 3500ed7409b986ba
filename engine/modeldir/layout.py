"""The tensors of a model, and their places in ``weights.bin``.

The names are those of the trainer's parameters. Every offset, size and shape is checked here
against the architecture and the size of the file, before anything reads through it.

Knows the architecture, and the length of a tensor (``packing.py``); reads and writes no file.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from .config import LAYER, LEARNED, SWIGLU, ModelConfig
from .packing import ALIGNMENT, TILE, rounded, tile_bytes

EMBEDDING, HEAD, POSITIONS = "embedding.weight", "head.weight", "positions.weight"
TABLE_BITS = (8, 32)  # of the embedding, whose rows are looked up
BITS = (4, 8, 32)
BLOCKS = (32, 64, 96, 128, 256)  # columns that can share a scale
MOST_WINDOW = 1 << 20
MOST_SIZE = 1 << 24  # of any part of the architecture
MOST_STATE = 1 << 31  # numbers in the keys or values of one window


@dataclass(frozen=True)
class Tensor:
    """A tensor's place, in bytes from the start of the file, and how its numbers are stored."""

    offset: int
    shape: tuple[int, ...]
    bits: int = 32
    block: int = 0

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)


def sizes(config: ModelConfig) -> dict[str, tuple[int, ...]]:
    """The shape of every tensor of a model, by name."""
    found: dict[str, tuple[int, ...]] = {EMBEDDING: (config.vocabulary_size, config.n_embd)}
    if config.positions == LEARNED:
        found[POSITIONS] = (config.window, config.n_embd)
    for layer in range(config.n_layer):
        found |= _block_sizes(config, f"blocks.{layer}")
    found |= _norm_sizes(config, "final_norm")
    if not config.tied:
        found |= _linear_sizes(config, "head", config.vocabulary_size, config.n_embd)
    return found


def _block_sizes(config: ModelConfig, name: str) -> dict[str, tuple[int, ...]]:
    c = config
    linear = [
        ("attention.qkv", c.query_width + 2 * c.kv_width, c.n_embd),
        ("attention.projection", c.n_embd, c.query_width),
        ("ffn.up", c.n_hidden, c.n_embd),
        ("ffn.down", c.n_embd, c.n_hidden),
    ]
    if c.activation == SWIGLU:
        linear.append(("ffn.gate", c.n_hidden, c.n_embd))
    found: dict[str, tuple[int, ...]] = {}
    for part, rows, columns in linear:
        found |= _linear_sizes(c, f"{name}.{part}", rows, columns)
    for part in ("attention_norm", "ffn_norm"):
        found |= _norm_sizes(c, f"{name}.{part}")
    if c.qk_norm:
        found[f"{name}.attention.q_gain"] = (c.n_head,)
    if c.skip_gains:
        found[f"{name}.skip_gains"] = (2,)
    return found


def _linear_sizes(
    config: ModelConfig, name: str, rows: int, columns: int
) -> dict[str, tuple[int, ...]]:
    found: dict[str, tuple[int, ...]] = {f"{name}.weight": (rows, columns)}
    if config.bias:
        found[f"{name}.bias"] = (rows,)
    return found


def _norm_sizes(config: ModelConfig, name: str) -> dict[str, tuple[int, ...]]:
    if not config.norm_weights:
        return {}
    found: dict[str, tuple[int, ...]] = {f"{name}.weight": (config.n_embd,)}
    if config.norm == LAYER:
        found[f"{name}.bias"] = (config.n_embd,)
    return found


def is_matrix(name: str, shape: tuple[int, ...]) -> bool:
    """Whether a tensor is a matrix of products, and so is stored in tiles."""
    return len(shape) == 2 and name != POSITIONS


def stored_bytes(name: str, tensor: Tensor) -> int:
    """The bytes that a tensor takes in the file."""
    if not is_matrix(name, tensor.shape):
        return 4 * rounded(math.prod(tensor.shape), TILE)
    rows, columns = tensor.shape
    return -(-rows // TILE) * tile_bytes(columns, tensor.bits, tensor.block)


def read(values: Mapping[str, Any]) -> dict[str, Tensor]:
    """Tensors from their JSON form. Raises TypeError or ValueError if it is not valid."""
    return {name: _read(name, facts) for name, facts in dict(values).items()}


def _read(name: str, facts: Mapping[str, Any]) -> Tensor:
    tensor = Tensor(**{**facts, "shape": tuple(facts["shape"])})
    numbers = (tensor.offset, tensor.bits, tensor.block, *tensor.shape)
    if not all(type(number) is int and number >= 0 for number in numbers):
        raise ValueError(f"{name} is {dict(facts)}, expected whole numbers")
    return tensor


def problems(config: ModelConfig, tensors: Mapping[str, Tensor], file_bytes: int) -> Iterator[str]:
    """Why the tensors are not those of the model in a file of so many bytes; empty if they are."""
    yield from _size_problems(config)
    wanted = sizes(config) if config.n_layer <= len(tensors) else {}
    if not wanted:
        yield f"{config.n_layer} layers in {len(tensors)} tensors"
        return
    missing, unknown = sorted(wanted.keys() - tensors), sorted(tensors.keys() - wanted)
    if missing:
        yield f"no tensor {', '.join(missing[:3])}"
    if unknown:
        yield f"a model of this kind has no tensor {', '.join(unknown[:3])}"
    for name in wanted.keys() & tensors.keys():
        yield from _tensor_problems(name, tensors[name], wanted[name], file_bytes)


def _size_problems(config: ModelConfig) -> Iterator[str]:
    if config.window > MOST_WINDOW:
        yield f"a window of {config.window:,}, at most {MOST_WINDOW:,} are served"
    state = config.n_layer * config.n_kv_head * config.head_size * config.capacity
    if max(_numbers(config)) > MOST_SIZE or state > MOST_STATE:
        yield "sizes beyond any that are served"
    if config.head_size % 2 and config.positions != LEARNED:
        yield f"heads of {config.head_size} cannot be rotated, the size must be even"


def _numbers(config: ModelConfig) -> tuple[int, ...]:
    c = config
    return c.vocabulary_size, c.n_embd, c.n_hidden, c.query_width, c.kv_width


def _tensor_problems(
    name: str, tensor: Tensor, shape: tuple[int, ...], file_bytes: int
) -> Iterator[str]:
    bits = TABLE_BITS if name == EMBEDDING else BITS if is_matrix(name, shape) else (32,)
    if tensor.shape != shape:
        yield f"{name} is {tensor.shape}, expected {shape}"
    elif tensor.bits not in bits:
        yield f"{name} has {tensor.bits} bits, expected one of {', '.join(map(str, bits))}"
    elif tensor.bits != 32 and tensor.block not in BLOCKS:
        yield f"{name} has blocks of {tensor.block}, expected one of {', '.join(map(str, BLOCKS))}"
    elif tensor.offset % ALIGNMENT:
        yield f"{name} begins at {tensor.offset}, expected a multiple of {ALIGNMENT}"
    elif tensor.offset + stored_bytes(name, tensor) > file_bytes:
        end = tensor.offset + stored_bytes(name, tensor)
        yield f"{name} ends at {end:,}, the file at {file_bytes:,}"
