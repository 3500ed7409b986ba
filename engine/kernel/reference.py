"""The kernel in NumPy: slow, but the same to the bit.

It runs if no library was built, and the compiled paths are tested against it. Every sum has the
same order as in ``step.c``; sums of integers are matrix products of floats, exact below 2**24.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..modeldir.packing import TILE, dequantised, rounded, tile_bytes, unpacked, unpacked_floats
from . import native
from . import plan as plans

MOST_ROWS = native.MOST_ROWS
EPSILON = np.float32(1e-6)
RELU2, GELU, GELU_TANH, SWIGLU = range(4)

Floats = NDArray[np.float32]


class Numpy:
    """The kernel without a library."""

    name = "numpy"
    mix = None  # engine/local/mixing.py has it in NumPy

    def program(self, plan: bytes, weights: NDArray[np.uint8], threads: int = 1) -> Program:
        return Program(plan, weights)


@dataclass(frozen=True)
class Product:
    """A matrix, prepared for products."""

    values: Floats  # (blocks, rows, block) of whole numbers; or (columns, rows)
    scales: Floats | None  # (blocks, rows)
    bias: Floats | None

    def __call__(self, x: Floats) -> Floats:
        """The product of x (activations, columns) and the matrix, (activations, rows)."""
        total = self._floats(x) if self.scales is None else self._codes(x)
        return total if self.bias is None else total + self.bias

    def _codes(self, x: Floats) -> Floats:
        assert self.scales is not None
        blocks, rows, block = self.values.shape
        padded = np.zeros((len(x), blocks * block), np.float32)
        padded[:, : x.shape[1]] = x
        by_block = padded.reshape(len(x), blocks, block).transpose(1, 0, 2)
        largest = np.abs(by_block).max(axis=2)  # (blocks, activations)
        with np.errstate(divide="ignore"):
            factor = np.where(largest > 0, np.float32(127) / largest, np.float32(0))
        whole = np.rint(by_block * factor[..., None])
        sums = self.values @ whole.transpose(0, 2, 1)  # (blocks, rows, activations)
        scales = largest / np.float32(127)
        total = np.zeros((rows, len(x)), np.float32)
        for index in range(blocks):
            total += sums[index] * (self.scales[index][:, None] * scales[index])
        return total.T

    def _floats(self, x: Floats) -> Floats:
        total = np.zeros((len(x), self.values.shape[1]), np.float32)
        for k, column in enumerate(self.values):
            total += column * x[:, k : k + 1]
        return total


@dataclass(frozen=True)
class LayerWeights:
    """A layer's matrices and vectors, by their names in ``kernel.h``."""

    products: dict[str, Product]
    vectors: dict[str, Floats | None]


class Program:
    """A model with its weights unpacked."""

    def __init__(self, plan: bytes, weights: NDArray[np.uint8]) -> None:
        self.header = header = plans.Header.from_buffer_copy(plan)
        self._weights = weights
        start, size = len(bytes(header)), len(bytes(plans.Layer()))
        layers = [
            plans.Layer.from_buffer_copy(plan, start + size * index)
            for index in range(header.n_layer)
        ]
        self.frequencies = np.frombuffer(plan, np.float64, offset=start + size * header.n_layer)
        self.layers = [self._layer(layer) for layer in layers]
        self.head = self._product(header.head)
        self.final_norm = self._vector(header.final_norm, header.n_embd)
        self.final_norm_bias = self._vector(header.final_norm_bias, header.n_embd)
        self.embedding = self._table(header.embedding)
        self.positions: Floats | None = None
        if header.positions != plans.ABSENT:
            count = header.capacity * header.n_embd
            flat = self._vector(header.positions, count)
            assert flat is not None
            self.positions = flat.reshape(-1, header.n_embd)

    def state(self) -> State:
        return State(self)

    def _layer(self, layer: plans.Layer) -> LayerWeights:
        header = self.header
        products = {
            name: self._product(getattr(layer, name))
            for name in ("qkv", "projection", "up", "gate", "down")
            if getattr(layer, name).rows
        }
        lengths = {"q_gain": header.n_head, "skip_gains": 2}
        names = ("attention_norm", "attention_norm_bias", "ffn_norm", "ffn_norm_bias", *lengths)
        vectors = {
            name: self._vector(getattr(layer, name), lengths.get(name, header.n_embd))
            for name in names
        }
        return LayerWeights(products, vectors)

    def _bytes(self, matrix: plans.Matrix) -> NDArray[np.uint8]:
        size = tile_bytes(matrix.columns, matrix.bits, matrix.block) * -(-matrix.rows // TILE)
        return self._weights[matrix.offset : matrix.offset + size]

    def _product(self, matrix: plans.Matrix) -> Product:
        bias = self._vector(matrix.bias, matrix.rows)
        data, rows, columns = self._bytes(matrix), matrix.rows, matrix.columns
        if matrix.bits == 32:
            turned = np.ascontiguousarray(unpacked_floats(data, rows, columns).T)
            return Product(turned, None, bias)
        codes, scales = unpacked(data, rows, columns, matrix.bits, matrix.block)
        values = codes.transpose(1, 0, 2).astype(np.float32)
        return Product(values, np.ascontiguousarray(scales.T), bias)

    def _table(self, matrix: plans.Matrix) -> Floats:
        data, rows, columns = self._bytes(matrix), matrix.rows, matrix.columns
        if matrix.bits == 32:
            return unpacked_floats(data, rows, columns)
        return dequantised(*unpacked(data, rows, columns, matrix.bits, matrix.block), columns)

    def _vector(self, offset: int, length: int) -> Floats | None:
        if offset == plans.ABSENT:
            return None
        return self._weights[offset : offset + 4 * length].view(np.float32)


class State:
    """The keys and values of one window."""

    def __init__(self, program: Program) -> None:
        header = program.header
        self._program, self._header = program, header
        shape = (header.n_layer, header.capacity, header.n_kv_head, header.head_size)
        self._keys, self._values = np.zeros(shape, np.float32), np.zeros(shape, np.float32)

    def step(self, ids: Sequence[int], past: int, position: int, wanted: int) -> Floats:
        """As in the compiled kernel."""
        self._check(ids, past, position, wanted)
        program, header = self._program, self._header
        x = program.embedding[np.asarray(ids)]
        if program.positions is not None:
            x = x + program.positions[position : position + len(ids)]
        if header.embedding_norm:
            x = rms(x)
        x0, rotation = x, None
        if header.rotary:
            places = np.arange(position, position + len(ids), dtype=np.float64)
            rotation = rotations(places[:, None] * program.frequencies)
        for index, layer in enumerate(program.layers):
            x = self._layer(index, layer, x, x0, past, rotation)
        return self._logits(x[len(ids) - wanted :])

    def move(self, first: int, length: int) -> None:
        if first + length > self._header.capacity:
            raise ValueError("the kernel refused a call: no room")
        for buffer in (self._keys, self._values):
            buffer[:, :length] = buffer[:, first : first + length].copy()

    def _check(self, ids: Sequence[int], past: int, position: int, wanted: int) -> None:
        header, count = self._header, len(ids)
        if not 0 < count <= MOST_ROWS or min(past, position, wanted) < 0 or wanted > count:
            raise ValueError(f"{count} tokens at {past}, {position}; logits of {wanted}")
        if min(ids) < 0 or max(ids) >= header.vocabulary_size:
            raise ValueError("the kernel refused a call: no such token")
        if past + count > header.capacity:
            raise ValueError("the kernel refused a call: no room")
        if self._program.positions is not None and position + count > header.capacity:
            raise ValueError("the kernel refused a call: no such place")

    def _norm(self, x: Floats, weight: Floats | None, bias: Floats | None) -> Floats:
        if self._header.layer_norm:
            return layer_norm(x, weight, bias)
        y = rms(x)
        return y if weight is None else y * weight

    def _layer(
        self,
        index: int,
        layer: LayerWeights,
        x: Floats,
        x0: Floats,
        past: int,
        rotation: tuple[Floats, Floats] | None,
    ) -> Floats:
        vectors, products = layer.vectors, layer.products
        gains = vectors["skip_gains"]
        if gains is not None:
            x = x * gains[0] + x0 * gains[1]
        h = self._norm(x, vectors["attention_norm"], vectors["attention_norm_bias"])
        mixed = self._attention(index, products["qkv"](h), vectors["q_gain"], past, rotation)
        x = x + products["projection"](mixed)
        h = self._norm(x, vectors["ffn_norm"], vectors["ffn_norm_bias"])
        up = products["up"](h)
        gate = products["gate"](h) if "gate" in products else up
        return x + products["down"](activated(self._header.activation, up, gate))

    def _attention(
        self,
        index: int,
        fused: Floats,
        gains: Floats | None,
        past: int,
        rotation: tuple[Floats, Floats] | None,
    ) -> Floats:
        c, count = self._header, len(fused)
        heads = fused.reshape(count, -1, c.head_size)
        q, k, v = np.split(heads, [c.n_head, c.n_head + c.n_kv_head], axis=1)
        self._keys[index, past : past + count] = self._made(k, rotation)
        self._values[index, past : past + count] = v
        factor = np.float32(1) / np.sqrt(np.float32(c.head_size))
        q = self._made(q, rotation) * (factor if gains is None else (gains * factor)[:, None])
        group = c.n_head // c.n_kv_head
        q = q.reshape(count, c.n_kv_head, group, c.head_size)
        first, end = max(0, past + 1 - c.window), past + count
        keys = self._keys[index, first:end].transpose(1, 2, 0)[:, None]  # head, 1, size, entry
        scores = np.zeros((*q.shape[:3], end - first), np.float32)
        for d in range(c.head_size):
            scores += keys[:, :, d] * q[..., d : d + 1]
        weights, inverse = self._weights(scores, past, first)
        mixed = np.zeros_like(q)
        for j, value in enumerate(self._values[index, first:end]):
            mixed += value[:, None] * weights[..., j : j + 1]
        rows: Floats = (mixed * inverse).reshape(count, -1)
        return rows

    def _made(self, heads: Floats, rotation: tuple[Floats, Floats] | None) -> Floats:
        if self._header.qk_norm:
            heads = rms(heads)
        if rotation is None:
            return heads
        cosine, sine = (part[:, None] for part in rotation)
        a, b = np.split(heads, 2, axis=-1)
        return np.concatenate([a * cosine - b * sine, b * cosine + a * sine], axis=-1)

    def _weights(self, scores: Floats, past: int, first: int) -> tuple[Floats, Floats]:
        """Weights of the entries from ``first`` on, 0 for those a row does not see; 1 / sums."""
        weights = np.zeros_like(scores)
        inverse = np.empty((*scores.shape[:3], 1), np.float32)
        for t in range(len(scores)):
            end = past + t + 1 - first
            start = max(0, end - self._header.window)
            seen = scores[t, ..., start:end]
            found = exp(seen - seen.max(axis=-1, keepdims=True))
            weights[t, ..., start:end] = found
            inverse[t, ..., 0] = np.float32(1) / lane_sum(found)
        return weights, inverse

    def _logits(self, x: Floats) -> Floats:
        program = self._program
        h = self._norm(x, program.final_norm, program.final_norm_bias)
        logits = program.head(h)
        cap = np.float32(self._header.softcap)
        if not cap > 0:
            return np.ascontiguousarray(logits)
        return np.ascontiguousarray(tanh(logits * (np.float32(1) / cap)) * cap)


def lane_sum(x: Floats) -> Floats:
    """Sums over the last axis, in sixteen lanes, whose halves are then added."""
    padded = np.zeros((*x.shape[:-1], rounded(x.shape[-1], TILE)), np.float32)
    padded[..., : x.shape[-1]] = x
    lanes = np.zeros((*x.shape[:-1], TILE), np.float32)
    for start in range(0, padded.shape[-1], TILE):
        lanes = lanes + padded[..., start : start + TILE]
    while lanes.shape[-1] > 1:
        half = lanes.shape[-1] // 2
        lanes = lanes[..., :half] + lanes[..., half:]
    return lanes[..., 0]


def _inverse_root(x: Floats) -> Floats:
    mean = lane_sum(x * x) / np.float32(x.shape[-1])
    inverse: Floats = (np.float32(1) / np.sqrt(mean + EPSILON))[..., None]
    return inverse


def rms(x: Floats) -> Floats:
    return x * _inverse_root(x)


def layer_norm(x: Floats, weight: Floats | None, bias: Floats | None) -> Floats:
    y = x - (lane_sum(x) / np.float32(x.shape[-1]))[..., None]
    y = y * _inverse_root(y)
    if weight is not None:
        y = y * weight
    return y if bias is None else y + bias


def exp(x: Floats) -> Floats:
    f = np.float32
    x = np.maximum(np.minimum(x, f(88)), f(-87))
    magic = x * f(1.44269504) + f(12582912.0)
    n = magic - f(12582912.0)
    r = (x - n * f(0.693359375)) - n * f(-2.12194440e-4)
    p = np.full_like(x, f(1.98756915e-4))
    for factor in (1.39819995e-3, 8.33345191e-3, 4.16657962e-2, 1.66666655e-1, 5.0e-1):
        p = p * r + f(factor)
    p = ((p * r) * r + r) + f(1)
    power = (magic.view(np.int32) - np.int32(0x4B400000 - 127)) << 23
    product: Floats = p * power.view(np.float32)
    return product


def tanh(x: Floats) -> Floats:
    return np.float32(1) - np.float32(2) / (exp(x + x) + np.float32(1))


def erf(x: Floats) -> Floats:
    f = np.float32
    a = np.abs(x)
    t = f(1) / (f(1) + a * f(0.3275911))
    p = np.full_like(x, f(1.061405429))
    for factor in (-1.453152027, 1.421413741, -0.284496736, 0.254829592):
        p = p * t + f(factor)
    y = f(1) - (p * t) * exp(f(0) - a * a)
    return np.where(x < 0, -y, y)


def activated(kind: int, up: Floats, gate: Floats) -> Floats:
    f = np.float32
    if kind == RELU2:
        positive = np.maximum(up, f(0))
        return positive * positive
    if kind == SWIGLU:
        return gate / (f(1) + exp(f(0) - gate)) * up
    if kind == GELU:
        inner = erf(up * f(0.70710678))
    else:
        inner = tanh((up + up * up * up * f(0.044715)) * f(0.79788456))
    return up * f(0.5) * (inner + f(1))


def rotations(angles: NDArray[np.float64]) -> tuple[Floats, Floats]:
    """Cosines and sines of angles, in double precision, computed as in ``step.c``."""
    turns = angles * 0.63661977236758134308 + 6755399441055744.0
    quarter = turns.view(np.int64) & 3
    n = turns - 6755399441055744.0
    r = angles - n * 1.57079632673412561417
    r = r - n * 6.07710050650619224932e-11
    z = r * r
    s = np.full_like(z, 1.58969099521155010221e-10)
    for factor in (
        -2.50507602534068634195e-08,
        2.75573137070700676789e-06,
        -1.98412698298579493134e-04,
        8.33333333332248946124e-03,
        -1.66666666666666324348e-01,
    ):
        s = s * z + factor
    s = r + r * z * s
    c = np.full_like(z, -1.13596475577881948265e-11)
    for factor in (
        2.08757232129817482790e-09,
        -2.75573143513906633035e-07,
        2.48015872894767294178e-05,
        -1.38888888888741095749e-03,
        4.16666666666666019037e-02,
    ):
        c = c * z + factor
    c = 1.0 - 0.5 * z + z * z * c
    odd = quarter % 2 == 1
    cosine = np.where((quarter == 1) | (quarter == 2), -1.0, 1.0) * np.where(odd, s, c)
    sine = np.where(quarter >= 2, -1.0, 1.0) * np.where(odd, c, s)
    return cosine.astype(np.float32), sine.astype(np.float32)
