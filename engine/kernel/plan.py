"""The plan of a model: its sizes and the offsets of its weights, in the kernel's own structures.

Mirrors ``kernel.h``. A plan is bytes without pointers, the same on every machine, so callers of the
kernel outside Python can use it too. Built from a layout that has been checked
(``engine/modeldir/layout.py``).
"""

from __future__ import annotations

import ctypes
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from ..modeldir.config import GELU, GELU_TANH, LAYER, RELU2, ROTARY, SLIDING, SWIGLU, ModelConfig
from ..modeldir.layout import EMBEDDING, HEAD, POSITIONS, Tensor

ABI = 1
ABSENT = 2**64 - 1
ACTIVATIONS = (RELU2, GELU, GELU_TANH, SWIGLU)  # in the order of kernel.h
MATRICES = ("attention.qkv", "attention.projection", "ffn.up", "ffn.gate", "ffn.down")

_U32, _U64 = ctypes.c_uint32, ctypes.c_uint64


class Matrix(ctypes.Structure):
    _fields_ = (
        ("offset", _U64),
        ("bias", _U64),
        *((name, _U32) for name in ("rows", "columns", "bits", "block")),
    )


class Layer(ctypes.Structure):
    _fields_ = (
        *((name, Matrix) for name in ("qkv", "projection", "up", "gate", "down")),
        *((name, _U64) for name in ("attention_norm", "attention_norm_bias")),
        *((name, _U64) for name in ("ffn_norm", "ffn_norm_bias", "q_gain", "skip_gains")),
    )


class Header(ctypes.Structure):
    _fields_ = (
        *((name, _U32) for name in ("abi", "n_layer", "n_head", "n_kv_head", "head_size")),
        *((name, _U32) for name in ("n_embd", "n_hidden", "vocabulary_size", "window")),
        *((name, _U32) for name in ("capacity", "rotary", "layer_norm", "activation")),
        *((name, _U32) for name in ("qk_norm", "embedding_norm")),
        ("softcap", ctypes.c_float),
        ("embedding", Matrix),
        ("head", Matrix),
        *((name, _U64) for name in ("positions", "final_norm", "final_norm_bias")),
    )


def make_plan(config: ModelConfig, tensors: Mapping[str, Tensor]) -> bytes:
    """The plan of a model whose layout is valid."""
    layers = b"".join(bytes(_layer(tensors, index)) for index in range(config.n_layer))
    return bytes(_header(config, tensors)) + layers + frequencies(config).tobytes()


def frequencies(config: ModelConfig) -> NDArray[np.float64]:
    """Radians per position of each pair of a head's dimensions, (head_size // 2,)."""
    half = config.head_size // 2
    return config.rotary_base ** (-np.arange(half, dtype=np.float64) / half)


def _header(config: ModelConfig, tensors: Mapping[str, Tensor]) -> Header:
    same = ("n_layer", "n_head", "n_kv_head", "head_size", "n_embd", "n_hidden", "vocabulary_size")
    return Header(
        abi=ABI,
        **{name: getattr(config, name) for name in (*same, "capacity", "softcap")},
        window=config.window if config.policy == SLIDING else config.capacity,
        rotary=config.positions == ROTARY,
        layer_norm=config.norm == LAYER,
        activation=ACTIVATIONS.index(config.activation),
        qk_norm=config.qk_norm,
        embedding_norm=config.embedding_norm,
        embedding=_matrix(tensors, EMBEDDING),
        head=_matrix(tensors, EMBEDDING if config.tied else HEAD),
        positions=_offset(tensors, POSITIONS),
        final_norm=_offset(tensors, "final_norm.weight"),
        final_norm_bias=_offset(tensors, "final_norm.bias"),
    )


def _layer(tensors: Mapping[str, Tensor], index: int) -> Layer:
    name = f"blocks.{index}"
    matrices = {part.split(".")[1]: _matrix(tensors, f"{name}.{part}.weight") for part in MATRICES}
    found: dict[str, Matrix | int] = {**matrices}
    for part in ("attention_norm", "ffn_norm"):
        found[part] = _offset(tensors, f"{name}.{part}.weight")
        found[f"{part}_bias"] = _offset(tensors, f"{name}.{part}.bias")
    found["q_gain"] = _offset(tensors, f"{name}.attention.q_gain")
    found["skip_gains"] = _offset(tensors, f"{name}.skip_gains")
    return Layer(**found)


def _matrix(tensors: Mapping[str, Tensor], name: str) -> Matrix:
    tensor = tensors.get(name)
    if tensor is None:  # no gate
        return Matrix(ABSENT, ABSENT, 0, 0, 32, 0)
    bias = _offset(tensors, name.removesuffix("weight") + "bias")
    return Matrix(tensor.offset, bias, *tensor.shape, tensor.bits, tensor.block)


def _offset(tensors: Mapping[str, Tensor], name: str) -> int:
    return tensors[name].offset if name in tensors else ABSENT
