"""The cost of a key in plain PyTorch, to compare: ``python -m engine bench --against torch``.

    python -m codecomplete.trainer.studies.serving --model engine/models/small --keys 150 FILE...

The same weights in float32, the same keys, greedy to the end of the line, one thread. *cache* runs
the window before the caret once per key, and then one token at a time with cached keys and values;
*plain* runs everything again for every token, as a loop around ``model(ids)`` does. Neither keeps
anything between keys, covers a word that is being typed, or abandons a hopeless line.
"""

from __future__ import annotations

import argparse
import json
import time
from pathlib import Path
from statistics import median
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from codecomplete.engine.command.memory import resident_mb
from codecomplete.engine.languages import language_of
from codecomplete.engine.modeldir.config import ROTARY, SLIDING
from codecomplete.engine.tokenizer import BOS, Tokenizer, language_tag

from ..network.transformer import (
    EPSILON,
    Attention,
    Block,
    Rotation,
    Transformer,
    rotate,
    rotation_table,
)
from ..runs.starting import read

MOST_TOKENS = 32

Cache = list[tuple[Tensor, Tensor]]


def cached(model: Transformer, ids: Tensor, cache: Cache) -> Tensor:
    """Logits (vocabulary,) after ids (1, time) that follow the cache's; appends to the cache."""
    config, start = model.config, cache[0][0].shape[2] if cache else 0
    x = model.embedding(ids)
    if model.positions is not None:
        x = x + model.positions(torch.arange(start, start + ids.shape[1]))
    if config.embedding_norm:
        x = F.rms_norm(x, (config.n_embd,), eps=EPSILON)
    rotation = None
    if config.positions == ROTARY:
        rotation = rotation_table(config, start, ids.shape[1], ids.device)
    x0 = x
    for index, block in enumerate(model.each_block()):
        x = _block(block, x, x0, rotation, cache, index)
    return model.logits(model.final_norm(x[:, -1]))[0]


def _block(
    block: Block, x: Tensor, x0: Tensor, rotation: Rotation | None, cache: Cache, index: int
) -> Tensor:
    if block.skip_gains is not None:
        x = block.skip_gains[0] * x + block.skip_gains[1] * x0
    x = x + _attention(block.attention, block.attention_norm(x), rotation, cache, index)
    return x + block.ffn(block.ffn_norm(x))


def _attention(
    attention: Attention, x: Tensor, rotation: Rotation | None, cache: Cache, index: int
) -> Tensor:
    c, length = attention.config, x.shape[1]
    q, k, v = attention.qkv(x).split([c.query_width, c.kv_width, c.kv_width], dim=-1)
    q, k, v = (t.view(1, length, -1, c.head_size).transpose(1, 2) for t in (q, k, v))
    if attention.q_gain is not None:
        q = F.rms_norm(q, (c.head_size,), eps=EPSILON) * attention.q_gain[:, None, None]
        k = F.rms_norm(k, (c.head_size,), eps=EPSILON)
    if rotation is not None:
        q, k = rotate(q, *rotation), rotate(k, *rotation)
    if index < len(cache):
        k, v = (torch.cat(pair, dim=2) for pair in zip(cache[index], (k, v), strict=True))
        cache[index] = k, v
    else:
        cache.append((k, v))
    total = k.shape[2]
    rows = torch.arange(total - length, total)[:, None]
    columns = torch.arange(total)
    mask = columns <= rows
    if c.policy == SLIDING:
        mask &= columns > rows - c.window
    groups = c.n_head // c.n_kv_head
    k, v = (t.repeat_interleave(groups, dim=1) for t in (k, v))
    y = F.scaled_dot_product_attention(q, k, v, attn_mask=mask)
    return attention.projection(y.transpose(1, 2).reshape(1, length, c.query_width))


def complete_cached(model: Transformer, prompt: list[int], newline: set[int], most: int) -> int:
    """Complete a line greedily with a cache; returns how many tokens were run."""
    cache: Cache = []
    ids, ran = torch.tensor([prompt]), 0
    for _ in range(most):
        following = int(cached(model, ids, cache).argmax())
        ran += ids.shape[1]
        if following in newline:
            break
        ids = torch.tensor([[following]])
    return ran


def complete_plain(model: Transformer, prompt: list[int], newline: set[int], most: int) -> int:
    """The same without a cache."""
    ids, ran = list(prompt), 0
    for _ in range(most):
        window = ids[-model.config.window :]
        ran += len(window)
        following = int(model(torch.tensor([window]))[0, -1].argmax())
        if following in newline:
            break
        ids.append(following)
    return ran


WAYS = {"cache": complete_cached, "plain": complete_plain}


@torch.inference_mode()
def measure(directory: Path, paths: list[Path], keys: int) -> dict[str, dict[str, float]]:
    """Median and 95th percentile of milliseconds per key, for both ways."""
    vocabulary = Tokenizer.load(directory / "tokenizer.json")
    start = read(directory, directory / "tokenizer.json")
    model = Transformer(start.config).eval()
    model.load_state_dict(start.weights)
    newline = {id_ for id_, text in enumerate(vocabulary.token_bytes) if b"\n" in text}
    newline |= vocabulary.special_ids
    prompts = [p for path in paths for p in _prompts(path, vocabulary, keys, start.config.window)]
    found: dict[str, Any] = {}
    for name, complete in WAYS.items():
        times = []
        for prompt in prompts:
            begin = time.perf_counter()
            most = min(MOST_TOKENS, start.config.window - 1)
            complete(model, prompt[-(start.config.window - most) :], newline, most)
            times.append(1000 * (time.perf_counter() - begin))
        times.sort()
        found[name] = {
            "ms_median": round(median(times), 2),
            "ms_p95": round(times[int(0.95 * (len(times) - 1))], 2),
        }
    return found | {"keys": len(prompts), "rss_mb": round(resident_mb(), 1)}


def _prompts(path: Path, vocabulary: Tokenizer, keys: int, window: int) -> list[list[int]]:
    """The ids before the caret after each of ``keys`` keys in the middle of a file."""
    text = path.read_text("utf-8")
    first = max(1, min(len(text) - keys, len(text) // 2))
    language = language_of(path)
    marks = [vocabulary.special(BOS), vocabulary.special(language_tag(language or ""))]
    prompt = [mark for mark in marks if mark is not None]
    places = range(first, min(len(text), first + keys))
    return [prompt + vocabulary.encode(text[:place][-8 * window :])[-window:] for place in places]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--model", type=Path, required=True)
    parser.add_argument("--keys", type=int, default=150)
    parser.add_argument("files", nargs="+", type=Path)
    options = parser.parse_args()
    torch.set_num_threads(1)
    print(json.dumps(measure(options.model, options.files, options.keys)))


if __name__ == "__main__":
    main()
