"""The transformer in PyTorch: training, and the oracle the serving graph is tested against.

Uses the names of the serving graph (``trainer/export/graph.py``). Knows nothing of data, optimisers
or files.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from functools import partial
from typing import Any, cast

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.overrides import TorchFunctionMode

from codecomplete.engine.modeldir.config import (
    GELU,
    LAYER,
    LEARNED,
    RELU2,
    ROTARY,
    SLIDING,
    SWIGLU,
    ModelConfig,
)

from .attention import PLAIN, Guide, attend, make_guide
from .halting import Halting
from .hashing import HashedTables

Rotation = tuple[Tensor, Tensor]
"""The cosines and sines of the positions of a row."""

EPSILON = 1e-6
EMBEDDING_STD = 0.02  # larger makes the first loss of a tied head explode


class Norm(nn.Module):
    """Root-mean-square or layer normalisation, with or without learned gains."""

    def __init__(self, config: ModelConfig) -> None:
        super().__init__()
        self.is_layer = config.norm == LAYER
        size = config.n_embd
        self.weight = nn.Parameter(torch.ones(size)) if config.norm_weights else None
        has_bias = self.is_layer and config.norm_weights
        self.bias = nn.Parameter(torch.zeros(size)) if has_bias else None

    def forward(self, x: Tensor) -> Tensor:
        if self.is_layer:
            return F.layer_norm(x, x.shape[-1:], self.weight, self.bias, EPSILON)
        return F.rms_norm(x, x.shape[-1:], self.weight, EPSILON)


class Attention(nn.Module):
    """Causal attention with grouped key/value heads, within the window of the mask."""

    def __init__(self, config: ModelConfig) -> None:
        super().__init__()
        self.config = config
        self.qkv = nn.Linear(
            config.n_embd, config.query_width + 2 * config.kv_width, bias=config.bias
        )
        self.projection = nn.Linear(config.query_width, config.n_embd, bias=config.bias)
        self.q_gain = nn.Parameter(torch.ones(config.n_head)) if config.qk_norm else None

    def forward(self, x: Tensor, rotation: Rotation | None, guide: Guide) -> Tensor:
        c = self.config
        batch, length, _ = x.shape
        q, k, v = self.qkv(x).split([c.query_width, c.kv_width, c.kv_width], dim=-1)
        q = q.view(batch, length, c.n_head, c.head_size).transpose(1, 2)
        k = k.view(batch, length, c.n_kv_head, c.head_size).transpose(1, 2)
        v = v.view(batch, length, c.n_kv_head, c.head_size).transpose(1, 2)
        if self.q_gain is not None:
            q = F.rms_norm(q, (c.head_size,), eps=EPSILON) * self.q_gain[:, None, None].to(q.dtype)
            k = F.rms_norm(k, (c.head_size,), eps=EPSILON)
        if rotation is not None:
            q, k = rotate(q, *rotation), rotate(k, *rotation)
        y = attend(
            q.to(v.dtype), k.to(v.dtype), v, c.window, guide
        )  # norms may have cast them to float32
        return self.projection(y.transpose(1, 2).reshape(batch, length, c.query_width))


class FeedForward(nn.Module):
    """Two matrices around an activation, or three for a gated one."""

    def __init__(self, config: ModelConfig) -> None:
        super().__init__()
        self.activation = config.activation
        self.up = nn.Linear(config.n_embd, config.n_hidden, bias=config.bias)
        self.gate = (
            nn.Linear(config.n_embd, config.n_hidden, bias=config.bias)
            if config.activation == SWIGLU
            else None
        )
        self.down = nn.Linear(config.n_hidden, config.n_embd, bias=config.bias)

    def forward(self, x: Tensor) -> Tensor:
        if self.gate is not None:
            return self.down(F.silu(self.gate(x)) * self.up(x))
        if self.activation == RELU2:
            return self.down(F.relu(self.up(x)).square())
        approximation = "none" if self.activation == GELU else "tanh"
        return self.down(F.gelu(self.up(x), approximate=approximation))


class Block(nn.Module):
    def __init__(self, config: ModelConfig) -> None:
        super().__init__()
        self.attention_norm = Norm(config)
        self.attention = Attention(config)
        self.ffn_norm = Norm(config)
        self.ffn = FeedForward(config)
        self.skip_gains = nn.Parameter(torch.tensor([1.0, 0.0])) if config.skip_gains else None

    def forward(self, x: Tensor, x0: Tensor, rotation: Rotation | None, guide: Guide) -> Tensor:
        if self.skip_gains is not None:
            x = self.skip_gains[0] * x + self.skip_gains[1] * x0
        x = x + self.attention(self.attention_norm(x), rotation, guide)
        return x + self.ffn(self.ffn_norm(x))


class Transformer(nn.Module):
    """Ids of shape (batch, time) in, float32 logits of shape (batch, time, vocabulary) out.

    ``attention_kind`` chooses the path of sliding attention (``trainer/network/attention.py``);
    ``stream_dtype`` is the precision of the residual stream.
    """

    def __init__(self, config: ModelConfig) -> None:
        super().__init__()
        self.config = config
        self.attention_kind = PLAIN
        self.stream_dtype = torch.float32
        self.embedding = nn.Embedding(config.vocabulary_size, config.n_embd)
        self.positions = (
            nn.Embedding(config.window, config.n_embd) if config.positions == LEARNED else None
        )
        self.blocks = nn.ModuleList(Block(config) for _ in range(config.n_layer))
        self.final_norm = Norm(config)
        self.halting: Halting | None = None
        self.hashed: HashedTables | None = None
        self.head = (
            None
            if config.tied
            else nn.Linear(config.n_embd, config.vocabulary_size, bias=config.bias)
        )
        self.initialise()

    @torch.no_grad()
    def initialise(self) -> None:
        """Draw normal weights; each block starts as the identity, because it adds zeros."""
        for module in self.modules():
            if isinstance(module, nn.Embedding):
                module.weight.normal_(std=EMBEDDING_STD)
            elif isinstance(module, nn.Linear):
                module.weight.normal_(std=1 / math.sqrt(module.in_features))
                if module.bias is not None:
                    module.bias.zero_()
        for block in self.each_block():
            block.attention.projection.weight.zero_()
            block.ffn.down.weight.zero_()

    @torch.no_grad()
    def initialise_as_gpt2(self) -> None:
        """Draw normal weights of one small deviation; that of residual projections is smaller.

        As in Radford et al. 2019, it is divided by sqrt(2L) for the 2L residual layers.
        """
        for module in self.modules():
            if isinstance(module, nn.Embedding | nn.Linear):
                module.weight.normal_(std=EMBEDDING_STD)
            if isinstance(module, nn.Linear) and module.bias is not None:
                module.bias.zero_()
        std = EMBEDDING_STD / math.sqrt(2 * self.config.n_layer)
        for block in self.each_block():
            block.attention.projection.weight.normal_(std=std)
            block.ffn.down.weight.normal_(std=std)

    def share_layers(self, halting: float = 0.0) -> None:
        """Use one layer for all, as in a universal transformer (Dehghani et al. 2019).

        Its state still names every layer, so that it is exported and served like any other model,
        except with ``halting``: the cost in nats, for each place, of each application of the layer.
        """
        self.blocks = nn.ModuleList([self.blocks[0]] * self.config.n_layer)
        self.halting = Halting(self.config.n_embd, halting) if halting else None

    def add_tables(self, rows: int) -> None:
        """Add tables with so many rows for pairs and triples of tokens; they begin at zero."""
        self.hashed = HashedTables(rows, self.config.n_embd, self.config.n_layer)

    def fresh_tables(self) -> dict[str, Tensor]:
        """The current state of the tables, for weights that were trained without any."""
        if self.hashed is None:
            return {}
        return {f"hashed.{name}": value for name, value in self.hashed.state_dict().items()}

    def each_block(self) -> Iterator[Block]:
        return cast("Iterator[Block]", iter(self.blocks))

    def forward(self, ids: Tensor, start: int = 0) -> Tensor:
        """The logits; ``start`` is the position of the first id, for a part of a longer stream."""
        x = self.hidden(ids, start)
        return self.logits(x)

    def hidden(self, ids: Tensor, start: int = 0) -> Tensor:
        config, length = self.config, ids.shape[1]
        x = self.embedding(ids)
        if self.positions is not None:
            x = x + self.positions(torch.arange(start, start + length, device=ids.device))
        if config.embedding_norm:
            x = F.rms_norm(x, (config.n_embd,), eps=EPSILON)
        rotation = None
        if config.positions == ROTARY:
            rotation = rotation_table(config, start, length, ids.device)
        window = config.window if config.policy == SLIDING else None
        guide = make_guide(self.attention_kind, window, config.n_head, length, ids.device)
        x = x0 = x.to(self.stream_dtype)
        if self.halting is not None:
            layers = (partial(block, x0=x0, rotation=rotation, guide=guide)
                      for block in self.blocks)  # fmt: skip
            return self.final_norm(self.halting(x, layers))
        add = None if self.hashed is None else self.hashed.looked_up(ids)
        for index, block in enumerate(self.blocks):
            x = x if add is None else add(x, index)
            x = block(x, x0, rotation, guide)
        return self.final_norm(x)

    def logits(self, x: Tensor) -> Tensor:
        logits = (
            F.linear(x, self.embedding.weight.to(x.dtype)) if self.head is None else self.head(x)
        )
        logits = logits.float()
        cap = self.config.softcap
        return cap * torch.tanh(logits / cap) if cap else logits


def rotate(x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
    """Rotary positions (Su et al. 2021), halves layout. x: (batch, head, time, head_size)."""
    half = x.shape[-1] // 2
    a, b = x[..., :half], x[..., half:]
    return torch.cat([a * cos - b * sin, b * cos + a * sin], dim=-1).to(x.dtype)


def rotation_table(
    config: ModelConfig, start: int, length: int, device: torch.device | None
) -> Rotation:
    """Cosines and sines of shape (length, head_size / 2) for positions from ``start``."""
    frequencies = config.rotary_base ** (
        -torch.arange(0, config.head_size, 2, device=device, dtype=torch.float32) / config.head_size
    )
    positions = torch.arange(start, start + length, device=device, dtype=torch.float32)
    angles = positions[:, None] * frequencies
    return angles.cos(), angles.sin()


class _Undrawn(TorchFunctionMode):
    """Leaves weights undrawn: drawing on the device "meta" imports PyTorch's compiler, which takes
    a second."""

    def __torch_function__(
        self, function: Any, types: Any, args: Any = (), kwargs: Any = None
    ) -> Any:
        named = kwargs or {}
        if function in (Tensor.normal_, nn.init.normal_):
            return args[0] if args else named["tensor"]
        return function(*args, **named)


def parameter_parts(config: ModelConfig) -> dict[str, int]:
    """The number of parameters of a model of this shape, by part (``blocks.0.attention.qkv``)."""
    with torch.device("meta"), _Undrawn():
        model = Transformer(config)
    parts: dict[str, int] = {}
    for name, parameter in model.named_parameters():
        part = name.rsplit(".", 1)[0] if name.endswith((".weight", ".bias")) else name
        parts[part] = parts.get(part, 0) + parameter.numel()
    return parts


def parameter_count(config: ModelConfig) -> int:
    """The number of parameters of a model of this shape."""
    return sum(parameter_parts(config).values())


def step_flops_per_token(config: ModelConfig, row_tokens: int) -> float:
    """FLOP of a forward and backward pass per token, to convert tokens/s to MFU.

    6 per weight of every matrix that is multiplied (with the head, but without lookup tables), and
    12 per layer, query channel and attended token (Chowdhery et al. 2022, appendix B), with the
    mean number of attended tokens of a causal row.
    """
    block = config.n_embd * (2 * config.query_width + 2 * config.kv_width)
    block += config.n_embd * config.n_hidden * (3 if config.activation == SWIGLU else 2)
    matrices = config.n_layer * block + config.n_embd * config.vocabulary_size
    window = config.window if config.policy == SLIDING else row_tokens
    seen = mean_attended(row_tokens, window)
    return 6.0 * matrices + 12.0 * config.n_layer * config.query_width * seen


def mean_attended(row_tokens: int, window: int) -> float:
    """The mean number of tokens that a token of a row attends to, itself included."""
    full = min(row_tokens, window)
    return (full * (full + 1) / 2 + (row_tokens - full) * window) / row_tokens
