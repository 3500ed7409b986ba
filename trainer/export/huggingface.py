"""Converts system D's models to Hugging Face's ``GPT2LMHeadModel``, and back.

Writes a folder with ``config.json``, ``model.safetensors`` and the tokenizer, which
``transformers`` loads like any GPT-2; and reads such a folder, so that its model can be trained
further or served here. GPT-2 stores its matrices transposed, and has biases everywhere: where ours
has none, they are zero. A GPT-2 with biases becomes a model whose head is a copy of its table,
because our models with biases are untied.

Knows names and shapes; needs no package but safetensors.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file, save_file
from torch import Tensor

from codecomplete.corpus.outputs import Kind, fresh
from codecomplete.engine.modeldir.config import GELU_TANH, LAYER, LEARNED, ModelConfig
from codecomplete.engine.modeldir.names import TOKENIZER
from codecomplete.engine.tokenizer import BOS, EOS, Tokenizer

from ..errors import ExportError
from ..network.transformer import EPSILON
from .gguf import GPT2, architecture

CONFIG, WEIGHTS = "config.json", "model.safetensors"
TRANSFORMERS = Kind("a model for transformers")
MODEL_TYPE = "gpt2"
LINEAR = {
    "attention.qkv": "attn.c_attn",
    "attention.projection": "attn.c_proj",
    "ffn.up": "mlp.c_fc",
    "ffn.down": "mlp.c_proj",
}
NORMS = {"attention_norm": "ln_1", "ffn_norm": "ln_2"}


def save(
    config: ModelConfig, weights: Mapping[str, Tensor], tokenizer: Path, directory: Path
) -> Path:
    """Write a folder that ``GPT2LMHeadModel.from_pretrained`` loads; returns its path.

    Raises ExportError for a model that is not a GPT-2.
    """
    if architecture(config) != GPT2 or not config.tied:
        raise ExportError("only models of GPT-2's shape with a tied head fit GPT2LMHeadModel")
    vocabulary = Tokenizer.load(tokenizer)
    with fresh(directory, TRANSFORMERS) as folder:
        tensors = {name: value.contiguous() for name, value in _theirs(config, weights)}
        save_file(tensors, folder / WEIGHTS, metadata={"format": "pt"})
        (folder / CONFIG).write_text(json.dumps(_description(config, vocabulary), indent=1) + "\n")
        shutil.copyfile(tokenizer, folder / TOKENIZER)
    return directory


def _description(config: ModelConfig, vocabulary: Tokenizer) -> dict[str, Any]:
    return {
        "model_type": MODEL_TYPE,
        "architectures": ["GPT2LMHeadModel"],
        "vocab_size": config.vocabulary_size,
        "n_positions": config.window,
        "n_embd": config.n_embd,
        "n_layer": config.n_layer,
        "n_head": config.n_head,
        "n_inner": config.n_hidden,
        "activation_function": "gelu_new",
        "layer_norm_epsilon": EPSILON,
        "tie_word_embeddings": True,
        "bos_token_id": vocabulary.special(BOS),
        "eos_token_id": vocabulary.special(EOS),
        "resid_pdrop": 0.0,
        "embd_pdrop": 0.0,
        "attn_pdrop": 0.0,
    }


def _theirs(config: ModelConfig, weights: Mapping[str, Tensor]) -> Iterator[tuple[str, Tensor]]:
    yield "transformer.wte.weight", weights["embedding.weight"]
    yield "transformer.wpe.weight", weights["positions.weight"]
    for layer in range(config.n_layer):
        ours, theirs = f"blocks.{layer}", f"transformer.h.{layer}"
        for mine, name in LINEAR.items():
            weight = weights[f"{ours}.{mine}.weight"]
            bias = weights.get(f"{ours}.{mine}.bias")
            yield f"{theirs}.{name}.weight", weight.T
            yield f"{theirs}.{name}.bias", torch.zeros(len(weight)) if bias is None else bias
        for mine, name in NORMS.items():
            yield f"{theirs}.{name}.weight", weights[f"{ours}.{mine}.weight"]
            yield f"{theirs}.{name}.bias", weights[f"{ours}.{mine}.bias"]
    yield "transformer.ln_f.weight", weights["final_norm.weight"]
    yield "transformer.ln_f.bias", weights["final_norm.bias"]


def is_gpt2(directory: Path) -> bool:
    """Whether a folder contains a GPT-2 in the form that ``transformers`` saves."""
    try:
        found = json.loads((directory / CONFIG).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    return isinstance(found, dict) and found.get("model_type") == MODEL_TYPE


def load(directory: Path) -> tuple[ModelConfig, dict[str, Tensor]]:
    """The model in such a folder. Raises ExportError, which names what is not supported."""
    facts = json.loads((directory / CONFIG).read_text(encoding="utf-8"))
    try:
        found = load_file(directory / WEIGHTS)
    except Exception as error:  # safetensors raises its own bare error type
        raise ExportError(f"{directory / WEIGHTS}: cannot be read: {error}") from error
    tensors = {name.removeprefix("transformer."): value for name, value in found.items()}
    biased = any(tensors[f"h.0.{name}.bias"].any() for name in LINEAR.values())
    config = _config(directory, facts, biased)
    return config, dict(_ours(config, tensors))


def _config(directory: Path, facts: dict[str, Any], biased: bool) -> ModelConfig:
    epsilon = facts.get("layer_norm_epsilon", 1e-5)
    activation = facts.get("activation_function", "gelu_new")
    tied = facts.get("tie_word_embeddings", True)
    if activation != "gelu_new" or not tied or not EPSILON / 2 < epsilon < 20 * EPSILON:
        raise ExportError(
            f"{directory}: activation {activation}, norm epsilon {epsilon:g}, tied head {tied}; "
            f"expected gelu_new, about {EPSILON:g} and true"
        )
    width, heads = facts["n_embd"], facts["n_head"]
    return ModelConfig(
        vocabulary_size=facts["vocab_size"],
        n_layer=facts["n_layer"],
        n_head=heads,
        n_kv_head=heads,
        head_size=width // heads,
        n_embd=width,
        n_hidden=facts.get("n_inner") or 4 * width,
        window=facts["n_positions"],
        policy="block",
        positions=LEARNED,
        norm=LAYER,
        norm_weights=True,
        activation=GELU_TANH,
        qk_norm=False,
        embedding_norm=False,
        skip_gains=False,
        bias=biased,
        tied=not biased,
    )


def _ours(config: ModelConfig, tensors: Mapping[str, Tensor]) -> Iterator[tuple[str, Tensor]]:
    yield "embedding.weight", tensors["wte.weight"].float()
    yield "positions.weight", tensors["wpe.weight"].float()
    for layer in range(config.n_layer):
        ours, theirs = f"blocks.{layer}", f"h.{layer}"
        for mine, name in LINEAR.items():
            yield f"{ours}.{mine}.weight", tensors[f"{theirs}.{name}.weight"].T.float().contiguous()
            if config.bias:
                yield f"{ours}.{mine}.bias", tensors[f"{theirs}.{name}.bias"].float()
        for mine, name in NORMS.items():
            yield f"{ours}.{mine}.weight", tensors[f"{theirs}.{name}.weight"].float()
            yield f"{ours}.{mine}.bias", tensors[f"{theirs}.{name}.bias"].float()
    yield "final_norm.weight", tensors["ln_f.weight"].float()
    yield "final_norm.bias", tensors["ln_f.bias"].float()
    if not config.tied:
        yield "head.weight", tensors["wte.weight"].float().clone()
        yield "head.bias", torch.zeros(config.vocabulary_size)
