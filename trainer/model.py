"""The transformer in PyTorch: training, and the oracle the serving graph is tested against.

Same names as the serving graph (``trainer/graph.py``). Knows nothing of data, optimisers or files.
"""

from __future__ import annotations

import math

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from engine.config import GELU, LAYER, LEARNED, RELU2, ROTARY, SLIDING, SWIGLU, ModelConfig

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
    """Causal attention with grouped key/value heads, inside the window the mask allows."""

    def __init__(self, config: ModelConfig) -> None:
        super().__init__()
        self.config = config
        self.qkv = nn.Linear(
            config.n_embd, config.query_width + 2 * config.kv_width, bias=config.bias
        )
        self.projection = nn.Linear(config.query_width, config.n_embd, bias=config.bias)
        self.q_gain = nn.Parameter(torch.ones(config.n_head)) if config.qk_norm else None

    def forward(self, x: Tensor, rotation: tuple[Tensor, Tensor] | None, mask: Tensor | None):
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
        k, v = (t.repeat_interleave(c.n_head // c.n_kv_head, dim=1) for t in (k, v))
        y = F.scaled_dot_product_attention(
            q, k, v.to(q.dtype), attn_mask=mask, is_causal=mask is None
        )
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

    def forward(self, x: Tensor, x0: Tensor, rotation, mask) -> Tensor:
        if self.skip_gains is not None:
            x = self.skip_gains[0] * x + self.skip_gains[1] * x0
        x = x + self.attention(self.attention_norm(x), rotation, mask)
        return x + self.ffn(self.ffn_norm(x))


class Transformer(nn.Module):
    """Ids of shape (batch, time) in, float32 logits of shape (batch, time, vocabulary) out."""

    def __init__(self, config: ModelConfig) -> None:
        super().__init__()
        self.config = config
        self.embedding = nn.Embedding(config.vocabulary_size, config.n_embd)
        self.positions = (
            nn.Embedding(config.window, config.n_embd) if config.positions == LEARNED else None
        )
        self.blocks = nn.ModuleList(Block(config) for _ in range(config.n_layer))
        self.final_norm = Norm(config)
        self.head = (
            None
            if config.tied
            else nn.Linear(config.n_embd, config.vocabulary_size, bias=config.bias)
        )
        self.initialise()

    @torch.no_grad()
    def initialise(self) -> None:
        """Normal weights; each block starts as the identity: what it adds starts at zero."""
        for module in self.modules():
            if isinstance(module, nn.Embedding):
                module.weight.normal_(std=EMBEDDING_STD)
            elif isinstance(module, nn.Linear):
                module.weight.normal_(std=1 / math.sqrt(module.in_features))
                if module.bias is not None:
                    module.bias.zero_()
        for block in self.blocks:
            block.attention.projection.weight.zero_()
            block.ffn.down.weight.zero_()

    def forward(self, ids: Tensor, start: int = 0) -> Tensor:
        """``start`` is the true position of the first id, for a row cut from a longer stream."""
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
        mask = sliding_mask(config, length, ids.device)
        x0 = x
        for block in self.blocks:
            x = block(x, x0, rotation, mask)
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


def rotation_table(config: ModelConfig, start: int, length: int, device) -> tuple[Tensor, Tensor]:
    """Cosines and sines of shape (length, head_size / 2) for positions from ``start``."""
    frequencies = config.rotary_base ** (
        -torch.arange(0, config.head_size, 2, device=device, dtype=torch.float32) / config.head_size
    )
    positions = torch.arange(start, start + length, device=device, dtype=torch.float32)
    angles = positions[:, None] * frequencies
    return angles.cos(), angles.sin()


def sliding_mask(config: ModelConfig, length: int, device) -> Tensor | None:
    """True where a query may look; None where plain causal attention is meant."""
    if config.policy != SLIDING or length <= config.window:
        return None
    index = torch.arange(length, device=device)
    distance = index[:, None] - index[None]
    return (distance >= 0) & (distance < config.window)


def parameter_count(config: ModelConfig) -> int:
    """Trainable numbers of a model of this shape."""
    with torch.device("meta"):
        return sum(parameter.numel() for parameter in Transformer(config).parameters())
