"""The step of a model as ONNX operators, to serve models with ONNX Runtime.

The engine does not use it: it has its own kernel. Besides standard operators, the graph uses ONNX
Runtime's ``MatMulNBits``, ``GroupQueryAttention`` and ``RotaryEmbedding``. Knows nothing of
checkpoints or tokenizers.

Inputs, for T new tokens after ``past`` buffered ones (all float32 unless said otherwise):

    ids (1, T) int64
    places (1, T) int64          true positions (learned positions only)
    cos, sin (T, head_size / 2)  rotations of the tokens' true positions (rotary models only)
    position_ids (1, T) int64    0 .. T-1: rows of cos and sin (rotary models only)
    seqlens_k (1,) int32         past + T - 1
    total (scalar) int32         past + T
    rows (R,) int64              for which of the T tokens to compute logits
    past_k.i, past_v.i (1, kv heads, capacity, head_size)   bound to the same memory as
    new_k.i, new_v.i                                        the outputs of the same shape

Output: logits (R, vocabulary).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from onnx import TensorProto, helper

from codecomplete.engine.modeldir.config import (
    GELU,
    LEARNED,
    RELU2,
    RMS,
    ROTARY,
    SLIDING,
    SWIGLU,
    ModelConfig,
)

from .rounding import Quantisation

GRAPH, WEIGHTS = "model.onnx", "weights.bin"
EPSILON = 1e-6
ALIGNMENT = 4096  # so that every array can be mapped separately
INLINE_BYTES = 2048  # smaller arrays stay inside model.onnx
RUNTIME_DOMAIN = "com.microsoft"

Arrays = Mapping[str, np.ndarray]


def quantise(matrix: np.ndarray, bits: int, block: int) -> tuple[np.ndarray, np.ndarray]:
    """Symmetric blockwise rounding of (rows, columns) float32.

    Returns unsigned codes (rows, blocks, block), centred on 2**(bits-1), and one float32 scale
    per block (rows, blocks). The last block is padded with the centre.
    """
    rows, columns = matrix.shape
    padded = np.zeros((rows, -(-columns // block) * block), dtype=np.float32)
    padded[:, :columns] = matrix
    blocks = padded.reshape(rows, -1, block)
    limit = 2 ** (bits - 1) - 1
    scales = np.maximum(np.abs(blocks).max(axis=-1), 1e-12) / limit
    codes = np.clip(np.rint(blocks / scales[..., None]), -limit, limit) + 2 ** (bits - 1)
    return codes.astype(np.uint8), scales.astype(np.float32)


@dataclass
class GraphWriter:
    """Collects nodes, and writes arrays to the weights file at once."""

    weights: Path
    quantisation: Quantisation
    nodes: list[Any] = field(default_factory=list)
    initializers: list[Any] = field(default_factory=list)
    offset: int = 0
    _names: set[str] = field(default_factory=set)

    def node(
        self, operator: str, inputs: list[str], output: str | list[str], **attributes: Any
    ) -> str:
        outputs = [output] if isinstance(output, str) else output
        domain = attributes.pop("domain", "")
        self.nodes.append(helper.make_node(operator, inputs, outputs, domain=domain, **attributes))
        return outputs[0]

    def array(self, name: str, values: np.ndarray) -> str:
        """An initializer; large ones go to the weights file."""
        if name in self._names:
            return name
        self._names.add(name)
        values = np.ascontiguousarray(values)
        if values.nbytes <= INLINE_BYTES:
            self.initializers.append(onnx.numpy_helper.from_array(values, name))
        else:
            self.initializers.append(self._external(name, values))
        return name

    def _external(self, name: str, values: np.ndarray) -> TensorProto:
        tensor = TensorProto(
            name=name,
            data_type=helper.np_dtype_to_tensor_dtype(values.dtype),
            dims=values.shape,
            data_location=TensorProto.EXTERNAL,
        )
        offset = self.append(values)
        for key, value in (
            ("location", self.weights.name),
            ("offset", offset),
            ("length", values.nbytes),
        ):
            tensor.external_data.add(key=key, value=str(value))
        return tensor

    def append(self, values: np.ndarray) -> int:
        """Append raw values to the weights file; returns their offset in bytes."""
        with self.weights.open("ab") as file:
            file.write(b"\0" * (-self.offset % ALIGNMENT))
            start = file.tell()
            file.write(values.tobytes())
            self.offset = file.tell()
        return start

    def linear(
        self, x: str, name: str, arrays: Arrays, output: str, block: int | None = None
    ) -> str:
        """x @ weight.T (+ bias); ``arrays[name + '.weight']`` is (out, in)."""
        weight, bias = arrays[f"{name}.weight"], arrays.get(f"{name}.bias")
        product = f"{output}.product" if bias is not None else output
        self._product(x, name, weight, product, block or self.quantisation.block)
        if bias is not None:
            self.node("Add", [product, self.array(f"{name}.bias", bias)], output)
        return output

    def _product(self, x: str, name: str, weight: np.ndarray, output: str, block: int) -> None:
        bits = self.quantisation.bits
        if bits == 32:
            self.node("MatMul", [x, self.array(f"{name}.weight", weight.T)], output)
            return
        codes, scales = quantise(weight, bits, block)
        if bits == 4:
            codes = codes[..., 0::2] | (codes[..., 1::2] << 4)
        inputs = [x, self.array(f"{name}.codes", codes), self.array(f"{name}.scales", scales)]
        rows, columns = weight.shape
        self.node(
            "MatMulNBits",
            inputs,
            output,
            domain=RUNTIME_DOMAIN,
            K=columns,
            N=rows,
            bits=bits,
            block_size=block,
            accuracy_level=4,
        )


def build(config: ModelConfig, arrays: Arrays, directory: Path, quantisation: Quantisation) -> None:
    """Write ``model.onnx`` and ``weights.bin``."""
    weights = directory / WEIGHTS
    weights.unlink(missing_ok=True)
    writer = GraphWriter(weights, quantisation)
    x0 = x = _embedding(writer, config, arrays)
    for layer in range(config.n_layer):
        x = _block(writer, config, arrays, layer, x, x0)
    _output(writer, config, arrays, x)
    graph = helper.make_graph(
        writer.nodes, "step", _inputs(config), _outputs(config), writer.initializers
    )
    opsets = [helper.make_opsetid("", 20), helper.make_opsetid(RUNTIME_DOMAIN, 1)]
    model = helper.make_model(graph, opset_imports=opsets, producer_name="codecomplete")
    model.ir_version = 9
    (directory / GRAPH).write_bytes(model.SerializeToString(deterministic=True))


def _embedding(w: GraphWriter, config: ModelConfig, arrays: Arrays) -> str:
    table = arrays["embedding.weight"]
    if w.quantisation.bits != 32:  # the weights that a tied head has
        codes, scales = quantise(table, 8, w.quantisation.table_block)
        values = (codes.astype(np.float32) - 128) * scales[..., None]
        table = values.reshape(len(table), -1)[:, : config.n_embd]
    x = w.node("Gather", [w.array("embedding.weight", table), "ids"], "x")
    if config.positions == LEARNED:
        rows = w.array("positions.weight", arrays["positions.weight"])
        x = w.node("Add", [x, w.node("Gather", [rows, "places"], "placed")], "positioned")
    return _plain_rms(w, x, "embedded", config.n_embd) if config.embedding_norm else x


def _block(w: GraphWriter, config: ModelConfig, arrays: Arrays, layer: int, x: str, x0: str) -> str:
    p = f"blocks.{layer}"
    if config.skip_gains:
        kept, skipped = arrays[f"{p}.skip_gains"].astype(np.float32)
        a = w.node("Mul", [x, w.array(f"{p}.kept", kept)], f"{p}.a")
        b = w.node("Mul", [x0, w.array(f"{p}.skipped", skipped)], f"{p}.b")
        x = w.node("Add", [a, b], f"{p}.in")
    h = _norm(w, config, arrays, f"{p}.attention_norm", x)
    h = _attention(w, config, arrays, layer, h)
    x = w.node("Add", [x, h], f"{p}.middle")
    h = _norm(w, config, arrays, f"{p}.ffn_norm", x)
    h = _feed_forward(w, config, arrays, f"{p}.ffn", h)
    return w.node("Add", [x, h], f"{p}.out")


def _attention(w: GraphWriter, config: ModelConfig, arrays: Arrays, layer: int, x: str) -> str:
    p = f"blocks.{layer}.attention"
    w.linear(x, f"{p}.qkv", arrays, f"{p}.fused")
    widths = w.array("qkv_widths", np.array([config.query_width, *[config.kv_width] * 2], np.int64))
    w.node("Split", [f"{p}.fused", widths], [f"{p}.q", f"{p}.k", f"{p}.v"], axis=-1)
    q = _head_input(w, config, arrays, p, "q", config.n_head)
    k = _head_input(w, config, arrays, p, "k", config.n_kv_head)
    inputs = [q, k, f"{p}.v", f"past_k.{layer}", f"past_v.{layer}", "seqlens_k", "total"]
    outputs = [f"{p}.mixed", f"new_k.{layer}", f"new_v.{layer}"]
    local = config.window if config.policy == SLIDING else -1
    w.node(
        "GroupQueryAttention",
        inputs,
        outputs,
        domain=RUNTIME_DOMAIN,
        num_heads=config.n_head,
        kv_num_heads=config.n_kv_head,
        local_window_size=local,
    )
    return w.linear(f"{p}.mixed", f"{p}.projection", arrays, f"{p}.out")


def _head_input(
    w: GraphWriter, config: ModelConfig, arrays: Arrays, p: str, which: str, heads: int
) -> str:
    """Normalise each head, then rotate; the model may lack either."""
    x = f"{p}.{which}"
    if config.qk_norm:
        split = w.array(f"{which}_heads", np.array([1, -1, heads, config.head_size], np.int64))
        x = w.node("Reshape", [x, split], f"{x}.heads")
        x = _plain_rms(w, x, f"{x}.normed", config.head_size)
        if which == "q":
            gains = w.array(f"{p}.q_gain", arrays[f"{p}.q_gain"].astype(np.float32)[:, None])
            x = w.node("Mul", [x, gains], f"{x}.scaled")
        flat = w.array(f"{which}_flat", np.array([1, -1, heads * config.head_size], np.int64))
        x = w.node("Reshape", [x, flat], f"{x}.flat")
    if config.positions == ROTARY:
        x = w.node(
            "RotaryEmbedding",
            [x, "position_ids", "cos", "sin"],
            f"{x}.rotated",
            domain=RUNTIME_DOMAIN,
            num_heads=heads,
            rotary_embedding_dim=0,
        )
    return x


def _feed_forward(w: GraphWriter, config: ModelConfig, arrays: Arrays, p: str, x: str) -> str:
    up = w.linear(x, f"{p}.up", arrays, f"{p}.wide")
    if config.activation == SWIGLU:
        gate = w.linear(x, f"{p}.gate", arrays, f"{p}.gated")
        sigmoid = w.node("Sigmoid", [gate], f"{p}.sigmoid")
        silu = w.node("Mul", [gate, sigmoid], f"{p}.silu")
        up = w.node("Mul", [silu, up], f"{p}.active")
    elif config.activation == RELU2:
        positive = w.node("Relu", [up], f"{p}.positive")
        up = w.node("Mul", [positive, positive], f"{p}.active")
    else:
        approximate = "none" if config.activation == GELU else "tanh"
        up = w.node("Gelu", [up], f"{p}.active", approximate=approximate)
    return w.linear(up, f"{p}.down", arrays, f"{p}.narrow")


def _norm(w: GraphWriter, config: ModelConfig, arrays: Arrays, name: str, x: str) -> str:
    if not config.norm_weights and config.norm == RMS:
        return _plain_rms(w, x, f"{name}.out", config.n_embd)
    size = config.n_embd
    weight = w.array(f"{name}.weight", arrays.get(f"{name}.weight", np.ones(size, np.float32)))
    if config.norm == RMS:
        return w.node(
            "SimplifiedLayerNormalization", [x, weight], f"{name}.out", axis=-1, epsilon=EPSILON
        )
    bias = w.array(f"{name}.bias", arrays.get(f"{name}.bias", np.zeros(size, np.float32)))
    return w.node("LayerNormalization", [x, weight, bias], f"{name}.out", axis=-1, epsilon=EPSILON)


def _plain_rms(w: GraphWriter, x: str, output: str, size: int) -> str:
    ones = w.array(f"ones.{size}", np.ones(size, np.float32))
    return w.node("SimplifiedLayerNormalization", [x, ones], output, axis=-1, epsilon=EPSILON)


def _output(w: GraphWriter, config: ModelConfig, arrays: Arrays, x: str) -> None:
    x = w.node("Gather", [x, "rows"], "wanted", axis=1)
    x = _norm(w, config, arrays, "final_norm", x)
    x = w.node("Reshape", [x, w.array("flat", np.array([-1, config.n_embd], np.int64))], "last")
    name = "embedding" if config.tied else "head"
    capped = bool(config.softcap)
    output = "raw_logits" if capped else "logits"
    if config.tied and w.quantisation.bits == 32:  # the embedding table, transposed
        w.node("Gemm", [x, "embedding.weight"], output, transB=1)
    else:
        w.linear(x, name, arrays, output, block=w.quantisation.table_block)
    if capped:
        cap = w.array("softcap", np.array(config.softcap, np.float32))
        small = w.node("Div", ["raw_logits", cap], "small_logits")
        w.node("Mul", [w.node("Tanh", [small], "bounded_logits"), cap], "logits")


def _inputs(config: ModelConfig) -> list[Any]:
    def value(name: str, kind: int, shape: list[Any]) -> onnx.ValueInfoProto:
        return helper.make_tensor_value_info(name, kind, shape)

    inputs = [
        value("ids", TensorProto.INT64, [1, "T"]),
        value("seqlens_k", TensorProto.INT32, [1]),
        value("total", TensorProto.INT32, []),
        value("rows", TensorProto.INT64, ["R"]),
    ]
    if config.positions == LEARNED:
        inputs.append(value("places", TensorProto.INT64, [1, "T"]))
    if config.positions == ROTARY:
        half = config.head_size // 2
        inputs += [value(name, TensorProto.FLOAT, ["T", half]) for name in ("cos", "sin")]
        inputs.append(value("position_ids", TensorProto.INT64, [1, "T"]))
    return inputs + [
        value(name, TensorProto.FLOAT, _buffer(config)) for name in _buffers(config, "past")
    ]


def _outputs(config: ModelConfig) -> list[Any]:
    logits = helper.make_tensor_value_info(
        "logits", TensorProto.FLOAT, ["R", config.vocabulary_size]
    )
    return [
        logits,
        *(
            helper.make_tensor_value_info(name, TensorProto.FLOAT, _buffer(config))
            for name in _buffers(config, "new")
        ),
    ]


def _buffer(config: ModelConfig) -> list[int]:
    return [1, config.n_kv_head, config.capacity, config.head_size]


def _buffers(config: ModelConfig, prefix: str) -> list[str]:
    return [f"{prefix}_{which}.{layer}" for layer in range(config.n_layer) for which in "kv"]
