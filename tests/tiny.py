"""Tiny models, and the oracle that they are compared with.

Random weights are the hardest case for state reuse: every token matters to every later one. Where
it matters what is suggested, a model that has learned ``SOURCE`` by heart is used.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import tokenizers
import torch
from tokenizers import Regex, decoders, models, pre_tokenizers, trainers

from codecomplete import engine
from codecomplete.engine.modeldir.config import BLOCK, GELU, LAYER, LEARNED, ModelConfig
from codecomplete.engine.tokenizer import BOS, EOS, SPECIAL_TOKENS, Tokenizer, language_tag
from codecomplete.trainer.export.formats import export
from codecomplete.trainer.export.rounding import Quantisation
from codecomplete.trainer.learning.optimiser import make_optimisers, set_rate
from codecomplete.trainer.learning.recipe import Recipe
from codecomplete.trainer.network.transformer import Transformer

PATTERN = r" ?[\p{L}_][\p{L}\p{M}\p{N}_]*| ?\p{N}{1,3}| ?[^\s\p{L}\p{N}_]+|\s+(?= \S)|\s+"
WINDOW = 16

CONFIGS = {
    "sliding": ModelConfig(
        vocabulary_size=512, n_layer=3, n_head=4, n_kv_head=2, head_size=16, n_embd=64,
        n_hidden=128, window=WINDOW, softcap=30.0,
    ),
    "block": ModelConfig(
        vocabulary_size=512, n_layer=2, n_head=4, n_kv_head=4, head_size=16, n_embd=64,
        n_hidden=128, window=WINDOW, policy=BLOCK, positions=LEARNED, norm=LAYER,
        norm_weights=True, activation=GELU, qk_norm=False, embedding_norm=False,
        skip_gains=False, bias=True, tied=False,
    ),
}  # fmt: skip

SOURCE = '''
import os
import sys

def main(arguments):
    """Print the names of the files in a folder."""
    for name in os.listdir(arguments[0]):
        if name.endswith(".py") and not name.startswith("_"):
            print(name, len(name), os.path.join(arguments[0], name))
    return 0

class Stack:
    def __init__(self, items=None):
        self.items = list(items or [])

    def push(self, item):
        self.items.append(item)
        return self

    def pop(self):
        return self.items.pop()

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
'''


@dataclass(frozen=True)
class TinyModel:
    """A model directory with random weights, loaded, beside the PyTorch model it came from."""

    directory: Path
    model: engine.Model
    oracle: Transformer

    def oracle_logits(self, ids: list[int], start: int = 0) -> np.ndarray:
        """Logits (vocabulary,) after ``ids``, by one full forward pass with the model's mask."""
        with torch.inference_mode():
            return self.oracle(torch.tensor([ids]), start)[0, -1].numpy()


def train_tokenizer() -> tokenizers.Tokenizer:
    inner = tokenizers.Tokenizer(models.BPE())
    inner.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(Regex(PATTERN), "isolated"),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
        ]
    )
    inner.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=512,
        min_frequency=1,
        special_tokens=list(SPECIAL_TOKENS),
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    inner.train_from_iterator([SOURCE], trainer)
    return inner


@torch.no_grad()
def random_model(config: ModelConfig, seed: int = 0) -> Transformer:
    """A transformer whose every parameter matters."""
    torch.manual_seed(seed)
    model = Transformer(config).eval()
    for name, parameter in model.named_parameters():
        if name.endswith(("projection.weight", "down.weight")):
            parameter.normal_(std=0.7 * parameter.shape[1] ** -0.5)
        elif name.startswith(("embedding", "positions", "head")):
            parameter.normal_(std=0.5)
        elif parameter.ndim == 1:
            parameter.add_(0.1 * torch.randn_like(parameter))
    return model


def memorised_model(config: ModelConfig, tokenizer: Tokenizer, steps: int = 150) -> Transformer:
    """A transformer that knows ``SOURCE`` by heart, after the engine's prompt."""
    torch.manual_seed(0)
    model = Transformer(config)
    recipe = Recipe(warmup_steps=5, weight_decay=0.0)
    optimisers = make_optimisers(model, recipe)
    prompt = [tokenizer.special(BOS), tokenizer.special(language_tag("python"))]
    ids = torch.tensor([[*prompt, *tokenizer.encode(SOURCE), tokenizer.special(EOS)]])
    for step in range(steps):
        logits = model(ids[:, :-1])
        torch.nn.functional.cross_entropy(logits[0], ids[0, 1:]).backward()
        set_rate(optimisers, min(1.0, 2 * (1 - step / steps)), fading_decay=False)
        for optimiser in optimisers:
            optimiser.step()
            optimiser.zero_grad()
    return model.eval()


def build(kind: str, vocabulary: Path, directory: Path, bits: int = 32) -> TinyModel:
    """A tiny model of a kind: one of ``CONFIGS`` with random weights, or ``"memorised"``."""
    if kind == "memorised":
        oracle = memorised_model(CONFIGS["sliding"], Tokenizer.load(vocabulary))
    else:
        oracle = random_model(CONFIGS[kind])
    quantisation = Quantisation(bits, block=32, table_block=32)
    export(oracle.config, oracle.state_dict(), vocabulary, directory, kind, quantisation)
    return TinyModel(directory, engine.load(directory), oracle)
