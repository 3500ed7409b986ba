"""A trained model as one GGUF file, for the architectures that llama.cpp knows.

Two of ours are among them: *llama* (rotary, RMS norm with gains, SwiGLU; system B's character
model) and *gpt2* (learned positions, layer norm, tanh-GELU; system D's models). Everything else
that this project trains has parts that llama.cpp lacks: query norms, skips, soft caps, sliding
masks.

The same applies to vocabularies. llama.cpp knows some ways to split text, by name, and another way
gives other tokens and a worse model. So byte-level BPE is exported if it splits text like GPT-2's
or StarCoder2's, and so are single characters, which are never split; our own recipe, whose pieces
llama.cpp cannot produce, is refused.

Knows the file's layout; not how weights were trained. Needs the package ``gguf``.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from codecomplete.corpus.outputs import fresh_file
from codecomplete.engine.modeldir.config import (
    BLOCK,
    GELU_TANH,
    LAYER,
    LEARNED,
    RMS,
    ROTARY,
    SWIGLU,
    ModelConfig,
)
from codecomplete.engine.tokenizer import BOS, EOS, PAD, UNK, Tokenizer

from ..errors import ExportError, MissingExtraError
from ..network.transformer import EPSILON
from ..places import GGUF

if TYPE_CHECKING:
    from gguf import GGUFWriter

LLAMA, GPT2 = "llama", "gpt2"
ALL_F32, MOSTLY_Q8_0 = 0, 7  # GGUF's numbers for the types of a file's weights
Q8_BLOCK = 32  # columns that share a scale

SHAPES: dict[str, dict[str, object]] = {
    LLAMA: {"positions": ROTARY, "norm": RMS, "activation": SWIGLU},
    GPT2: {"positions": LEARNED, "norm": LAYER, "activation": GELU_TANH},
}
COMMON: dict[str, object] = {
    "policy": BLOCK,
    "norm_weights": True,
    "qk_norm": False,
    "embedding_norm": False,
    "skip_gains": False,
    "softcap": 0.0,
}

NORMAL, CONTROL, UNUSED = 1, 3, 5  # llama.cpp's kinds of tokens

Arrays = Mapping[str, np.ndarray]


def architecture(config: ModelConfig) -> str:
    """``llama`` or ``gpt2``. Raises ExportError, which names what llama.cpp lacks for the model."""
    misfits = {}
    for name, shape in SHAPES.items():
        wanted = COMMON | shape
        misfits[name] = [
            f"{key} is {getattr(config, key)!r}, not {value!r}"
            for key, value in wanted.items()
            if getattr(config, key) != value
        ]
    name = min(misfits, key=lambda name: len(misfits[name]))
    if misfits[name]:
        raise ExportError(
            f"llama.cpp has no architecture for this model; nearest is {name}, but "
            f"{'; '.join(misfits[name])}. Export a model directory or safetensors instead"
        )
    return name


def save_gguf(
    config: ModelConfig,
    arrays: Arrays,
    tokenizer: Path,
    path: Path,
    name: str,
    eight_bits: bool = False,
) -> Path:
    """Write weights, sizes and vocabulary as GGUF; returns ``path``.

    The weights are float32; with ``eight_bits``, matrices are in llama.cpp's Q8_0.
    Raises ExportError for a model that llama.cpp cannot run, MissingExtraError without ``gguf``.
    """
    kind = architecture(config)
    _vocabulary_kind(tokenizer)
    try:
        import gguf
    except ImportError as error:
        raise MissingExtraError("GGUF export needs the package gguf: pip install gguf") from error
    with fresh_file(path, GGUF) as partial:
        writer = gguf.GGUFWriter(str(partial), kind)
        writer.add_name(name)
        writer.add_file_type(MOSTLY_Q8_0 if eight_bits else ALL_F32)
        _add_sizes(writer, config, kind)
        _add_vocabulary(writer, tokenizer, config.vocabulary_size)
        _add_tensors(writer, config, arrays, kind, eight_bits)
        _finish(writer)
    return path


def _add_tensors(
    writer: GGUFWriter, config: ModelConfig, arrays: Arrays, kind: str, eight_bits: bool
) -> None:
    from gguf import GGMLQuantizationType, quants

    q8 = GGMLQuantizationType.Q8_0
    for name, values in _llama(config, arrays) if kind == LLAMA else _gpt2(config, arrays):
        values = np.ascontiguousarray(values, dtype=np.float32)
        if eight_bits and values.ndim == 2 and values.shape[1] % Q8_BLOCK == 0:
            writer.add_tensor(name, quants.quantize(values, q8), raw_dtype=q8)
        else:
            writer.add_tensor(name, values)


def _finish(writer: GGUFWriter) -> None:
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def _add_sizes(writer: GGUFWriter, config: ModelConfig, kind: str) -> None:
    writer.add_context_length(config.window)
    writer.add_embedding_length(config.n_embd)
    writer.add_block_count(config.n_layer)
    writer.add_feed_forward_length(config.n_hidden)
    writer.add_head_count(config.n_head)
    if kind == LLAMA:
        writer.add_head_count_kv(config.n_kv_head)
        writer.add_layer_norm_rms_eps(EPSILON)
        writer.add_rope_freq_base(config.rotary_base)
        writer.add_rope_dimension_count(config.head_size)
        writer.add_vocab_size(config.vocabulary_size)
    else:
        writer.add_layer_norm_eps(EPSILON)


def _llama(config: ModelConfig, arrays: Arrays) -> Iterator[tuple[str, np.ndarray]]:
    yield "token_embd.weight", arrays["embedding.weight"]
    for layer in range(config.n_layer):
        p, b = f"blocks.{layer}", f"blk.{layer}"
        q, k, v = _split(config, arrays[f"{p}.attention.qkv.weight"])
        yield f"{b}.attn_norm.weight", arrays[f"{p}.attention_norm.weight"]
        yield f"{b}.attn_q.weight", interleaved(q, config.n_head)
        yield f"{b}.attn_k.weight", interleaved(k, config.n_kv_head)
        yield f"{b}.attn_v.weight", v
        yield f"{b}.attn_output.weight", arrays[f"{p}.attention.projection.weight"]
        yield f"{b}.ffn_norm.weight", arrays[f"{p}.ffn_norm.weight"]
        for ours, theirs in (("gate", "ffn_gate"), ("up", "ffn_up"), ("down", "ffn_down")):
            yield f"{b}.{theirs}.weight", arrays[f"{p}.ffn.{ours}.weight"]
    yield "output_norm.weight", arrays["final_norm.weight"]
    if not config.tied:
        yield "output.weight", arrays["head.weight"]


def _gpt2(config: ModelConfig, arrays: Arrays) -> Iterator[tuple[str, np.ndarray]]:
    def pair(ours: str, theirs: str) -> Iterator[tuple[str, np.ndarray]]:
        weight = arrays[f"{ours}.weight"]
        bias = arrays.get(f"{ours}.bias")
        yield f"{theirs}.weight", weight
        yield f"{theirs}.bias", np.zeros(len(weight)) if bias is None else bias

    yield "token_embd.weight", arrays["embedding.weight"]
    yield "position_embd.weight", arrays["positions.weight"]
    for layer in range(config.n_layer):
        p, b = f"blocks.{layer}", f"blk.{layer}"
        yield from pair(f"{p}.attention_norm", f"{b}.attn_norm")
        yield from pair(f"{p}.attention.qkv", f"{b}.attn_qkv")
        yield from pair(f"{p}.attention.projection", f"{b}.attn_output")
        yield from pair(f"{p}.ffn_norm", f"{b}.ffn_norm")
        yield from pair(f"{p}.ffn.up", f"{b}.ffn_up")
        yield from pair(f"{p}.ffn.down", f"{b}.ffn_down")
    yield from pair("final_norm", "output_norm")
    yield "output.weight", arrays["embedding.weight" if config.tied else "head.weight"]


def _split(config: ModelConfig, qkv: np.ndarray) -> list[np.ndarray]:
    edges = np.cumsum([config.query_width, config.kv_width])
    return np.split(qkv, edges)


def interleaved(weight: np.ndarray, heads: int) -> np.ndarray:
    """Rows reordered from rotary halves to the adjacent pairs that llama.cpp rotates for llama."""
    rows, columns = weight.shape
    halves = weight.reshape(heads, 2, rows // heads // 2, columns)
    return halves.swapaxes(1, 2).reshape(rows, columns)


_BYTES = {"type": "ByteLevel", "add_prefix_space": False, "use_regex": True}
_DIGITS = {"type": "Digits", "individual_digits": True}
GPT2_SPLIT, STARCODER_SPLIT = "gpt-2", "starcoder"  # as llama.cpp names them
NEVER_MERGED = "<unused4> <unused5>"
"""llama.cpp loads no BPE without merges; these two symbols occur in no text."""


def _vocabulary_kind(tokenizer: Path) -> str:
    """llama.cpp's name for how a vocabulary splits text. Raises ExportError if it has none."""
    facts = json.loads(tokenizer.read_text(encoding="utf-8"))
    split = _simple(facts.get("pre_tokenizer"))
    if _is_characters(facts):
        return GPT2_SPLIT
    if facts.get("normalizer") is None and facts["model"].get("type") == "BPE":
        if split in (_BYTES, {"type": "Sequence", "pretokenizers": [_BYTES]}):
            return GPT2_SPLIT
        if split == {"type": "Sequence", "pretokenizers": [_DIGITS, _BYTES]}:
            return STARCODER_SPLIT
    raise ExportError(
        f"{tokenizer}: llama.cpp cannot split text as this vocabulary does, so it would read other "
        "tokens than the model was trained on; expected byte-level BPE without normalisation that "
        "splits as GPT-2's or StarCoder2's, or single characters. Export a model directory instead"
    )


def _is_characters(facts: dict[str, Any]) -> bool:
    words = facts["model"].get("type") == "WordLevel" and facts.get("normalizer") is None
    return words and facts.get("pre_tokenizer", {}).get("pattern") == {"Regex": r"[\s\S]"}


def _simple(split: Any) -> Any:
    """A pre-tokenizer's description without the parts that do not change ids."""
    if isinstance(split, dict):
        return {key: _simple(value) for key, value in split.items() if key != "trim_offsets"}
    return [_simple(one) for one in split] if isinstance(split, list) else split


def _add_vocabulary(writer: GGUFWriter, tokenizer: Path, size: int) -> None:
    """Add byte-level BPE as llama.cpp's ``gpt2`` vocabulary; single characters are one whose merges
    never apply. llama.cpp skips characters outside ASCII, which are not in the character
    vocabulary, where our tokenizer reads ``<unk>``."""
    vocabulary = Tokenizer.load(tokenizer)
    facts = json.loads(tokenizer.read_text(encoding="utf-8"))["model"]
    printable = _printable_bytes()
    special = vocabulary.special_ids
    names = {id_: text for text, id_ in facts["vocab"].items()}
    tokens, types = [], []
    for id_ in range(size):
        text = "" if id_ >= vocabulary.size else _spelled(vocabulary, id_, printable)
        is_control = id_ in special or not text
        tokens.append(text or names.get(id_) or f"<unused{id_}>")
        types.append((CONTROL if id_ in special else UNUSED) if is_control else NORMAL)
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre(_vocabulary_kind(tokenizer))
    writer.add_token_list(tokens)
    writer.add_token_types(types)
    merges = [pair if isinstance(pair, str) else " ".join(pair) for pair in facts.get("merges", ())]
    writer.add_token_merges(merges or [NEVER_MERGED])
    writer.add_add_bos_token(vocabulary.special(BOS) is not None)  # every file was trained with it
    _add_special_ids(writer, vocabulary)


def _spelled(vocabulary: Tokenizer, id_: int, printable: list[str]) -> str:
    return "".join(printable[byte] for byte in vocabulary.token_bytes[id_])


def _printable_bytes() -> list[str]:
    """GPT-2's printable character for each byte."""
    kept = [*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
    others = iter(range(0x100, 0x200))
    return [chr(byte) if byte in kept else chr(next(others)) for byte in range(256)]


def _add_special_ids(writer: GGUFWriter, vocabulary: Tokenizer) -> None:
    adders = {
        BOS: writer.add_bos_token_id,
        EOS: writer.add_eos_token_id,
        PAD: writer.add_pad_token_id,
        UNK: writer.add_unk_token_id,
    }
    for name, add in adders.items():
        id_ = vocabulary.special(name)
        if id_ is not None:
            add(id_)
