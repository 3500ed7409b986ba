"""The GGUF file, run as llama.cpp documents its architectures, gives the model's own logits."""

from __future__ import annotations

import dataclasses
import json
import urllib.request
from pathlib import Path

import numpy as np
import pytest
import torch
import torch.nn.functional as F

from codecomplete.corpus.vocabulary import characters, starcoder2, system_a, train
from codecomplete.engine.tokenizer import Tokenizer
from codecomplete.trainer.errors import ExportError
from codecomplete.trainer.export.gguf import save_gguf
from codecomplete.trainer.runs.presets import PRESETS
from tests.patience import PATIENCE
from tests.tiny import CONFIGS, random_model

from ..toy import ROOT

gguf = pytest.importorskip("gguf")
try:
    import xllamacpp
except ImportError:  # there are wheels for Linux on x86-64 only
    xllamacpp = None

LLAMA = dataclasses.replace(
    PRESETS["characters"].model, n_layer=2, n_head=4, n_kv_head=2, head_size=8, n_embd=32,
    n_hidden=48, window=64,
)  # fmt: skip
GPT2 = dataclasses.replace(
    PRESETS["scaling-50m"].model, vocabulary_size=512, n_layer=2, n_head=4, n_kv_head=4,
    head_size=8, n_embd=32, n_hidden=64, window=64,
)  # fmt: skip
IDS = list(range(40, 60))
TEXTS = [(ROOT / f"engine/{name}.py").read_text() for name in ("tokenizer", "session", "model")]


def lookalike(folder: Path) -> Path:
    """A small vocabulary that splits as StarCoder2's, learned from a few of our own files."""
    path = folder / "tokenizer.json"
    train(starcoder2(500), iter(TEXTS)).save(str(path))
    return path


def written(config, tokenizer, path) -> tuple[torch.nn.Module, dict[str, torch.Tensor], object]:
    model = random_model(config)
    arrays = {name: value.numpy() for name, value in model.state_dict().items()}
    save_gguf(config, arrays, tokenizer, path, "test")
    reader = gguf.GGUFReader(str(path))
    tensors = {t.name: torch.from_numpy(np.array(t.data)) for t in reader.tensors}
    return model, tensors, reader


def adjacent_rotation(x: torch.Tensor, base: float) -> torch.Tensor:
    """llama.cpp's own: pairs of neighbours. x: (time, heads, size)."""
    size = x.shape[-1]
    angles = torch.arange(len(x))[:, None] * base ** (-torch.arange(0, size, 2) / size)
    cos, sin = angles.cos()[:, None], angles.sin()[:, None]
    a, b = x[..., 0::2], x[..., 1::2]
    return torch.stack([a * cos - b * sin, b * cos + a * sin], dim=-1).flatten(-2)


def attend(q: torch.Tensor, k: torch.Tensor, v: torch.Tensor) -> torch.Tensor:
    q, k, v = (x.transpose(0, 1)[None] for x in (q, k, v))
    y = F.scaled_dot_product_attention(q, k, v, is_causal=True, enable_gqa=True)
    return y[0].transpose(0, 1).flatten(1)


def llama(config, t: dict[str, torch.Tensor]) -> torch.Tensor:
    x = t["token_embd.weight"][IDS]
    for layer in range(config.n_layer):
        w = {name.split(".", 2)[2]: v for name, v in t.items() if name.startswith(f"blk.{layer}.")}
        h = F.rms_norm(x, x.shape[-1:], w["attn_norm.weight"], 1e-6)
        q, k, v = (
            (h @ w[f"attn_{which}.weight"].T).unflatten(-1, (heads, config.head_size))
            for which, heads in (("q", config.n_head), ("k", config.n_kv_head),
                                 ("v", config.n_kv_head))
        )  # fmt: skip
        q, k = (adjacent_rotation(part, config.rotary_base) for part in (q, k))
        x = x + attend(q, k, v) @ w["attn_output.weight"].T
        h = F.rms_norm(x, x.shape[-1:], w["ffn_norm.weight"], 1e-6)
        wide = F.silu(h @ w["ffn_gate.weight"].T) * (h @ w["ffn_up.weight"].T)
        x = x + wide @ w["ffn_down.weight"].T
    x = F.rms_norm(x, x.shape[-1:], t["output_norm.weight"], 1e-6)
    return x @ t.get("output.weight", t["token_embd.weight"]).T


def gpt2(config, t: dict[str, torch.Tensor]) -> torch.Tensor:
    def norm(x, name):
        return F.layer_norm(x, x.shape[-1:], t[f"{name}.weight"], t[f"{name}.bias"], 1e-6)

    def linear(x, name):
        return F.linear(x, t[f"{name}.weight"], t[f"{name}.bias"])

    x = t["token_embd.weight"][IDS] + t["position_embd.weight"][: len(IDS)]
    for layer in range(config.n_layer):
        b = f"blk.{layer}"
        parts = linear(norm(x, f"{b}.attn_norm"), f"{b}.attn_qkv").chunk(3, dim=-1)
        q, k, v = (part.unflatten(-1, (config.n_head, config.head_size)) for part in parts)
        x = x + linear(attend(q, k, v), f"{b}.attn_output")
        wide = F.gelu(linear(norm(x, f"{b}.ffn_norm"), f"{b}.ffn_up"), approximate="tanh")
        x = x + linear(wide, f"{b}.ffn_down")
    return norm(x, "output_norm") @ t["output.weight"].T


@pytest.mark.parametrize("config, run", [(LLAMA, llama), (GPT2, gpt2)], ids=["llama", "gpt2"])
def test_the_file_gives_the_same_logits(config, run, tmp_path, vocabulary_file):
    tokenizer = vocabulary_file
    if config is LLAMA:
        tokenizer = tmp_path / "tokenizer.json"
        characters().save(str(tokenizer))
    else:
        tokenizer = lookalike(tmp_path)
    model, tensors, _ = written(config, tokenizer, tmp_path / "model.gguf")
    with torch.inference_mode():
        wanted = model(torch.tensor([IDS]))[0]
        torch.testing.assert_close(run(config, tensors), wanted, rtol=1e-4, atol=1e-4)


def test_the_vocabulary_is_spelled_in_gpt2s_bytes(tmp_path):
    _, _, reader = written(GPT2, lookalike(tmp_path), tmp_path / "model.gguf")
    tokens = reader.fields["tokenizer.ggml.tokens"].contents()
    assert len(tokens) == 512 and "Ġreturn" in tokens and tokens[0] == "<|endoftext|>"
    assert reader.fields["tokenizer.ggml.bos_token_id"].contents() == 0
    assert reader.fields["tokenizer.ggml.pre"].contents() == "starcoder"
    assert reader.fields["general.architecture"].contents() == "gpt2"


def test_a_vocabulary_that_llama_cpp_would_split_otherwise_is_refused(tmp_path, vocabulary_file):
    model = random_model(GPT2)
    arrays = {name: value.numpy() for name, value in model.state_dict().items()}
    out = tmp_path / "model.gguf"
    with pytest.raises(ExportError, match="cannot split text as this vocabulary does"):
        save_gguf(GPT2, arrays, vocabulary_file, out, "test")
    literal = tmp_path / "literal.json"
    train(system_a(300), iter(TEXTS)).save(str(literal))
    with pytest.raises(ExportError, match="expected byte-level BPE without normalisation"):
        save_gguf(GPT2, arrays, literal, out, "test")
    assert not out.exists()


class LlamaCpp:
    """The real llama.cpp with a file loaded."""

    def __init__(self, path: Path) -> None:
        parameters = xllamacpp.CommonParams()
        parameters.model.path = str(path)
        parameters.n_ctx, parameters.warmup, parameters.verbosity = 64, False, -1
        parameters.cpuparams.n_threads = 1
        self.server = xllamacpp.Server(parameters)

    def tokens(self, text: str) -> list[int]:
        body = json.dumps({"content": text, "add_special": False, "parse_special": False})
        request = urllib.request.Request(f"{self.server.listening_address}/tokenize", body.encode())
        with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
            return json.load(answer)["tokens"]

    def log_probabilities(self, ids: list[int], size: int, drawn: int) -> torch.Tensor:
        """Of every next token after some ids.

        ``drawn`` is taken, whatever is likely: of a token that ends inside a character llama.cpp
        says nothing.
        """
        asked = {"prompt": ids, "n_predict": 1, "n_probs": size, "logit_bias": [[drawn, 1_000.0]]}
        found = self.server.handle_completions(asked)["choices"][0]["logprobs"]["content"][0]
        row = torch.full((size,), float("nan"))
        for one in found["top_logprobs"]:
            row[one["id"]] = one["logprob"]
        return row


CODE = [
    "def f(x):\n\treturn  x[12345] + 0x1F  # it's\n\n\n    y = 'don't'\n",
    "a  b\n  \n c\t\td;}}  //  ...;\n",
    "<|endoftext|> <bos> x<fim_prefix>",
    " leading and trailing  ",
]
WORDS = ["é = '日本 x̱ …'  # ½ ²\u00a0end\r\n"]


@pytest.mark.skipif(xllamacpp is None, reason="xllamacpp is not installed")
@pytest.mark.parametrize(
    "config, texts", [(LLAMA, CODE), (GPT2, CODE + WORDS)], ids=["characters", "starcoder2"]
)
def test_llama_cpp_itself_reads_the_same_tokens_and_expects_the_same_next_ones(
    config, texts, tmp_path
):
    tokenizer = lookalike(tmp_path)
    if config is LLAMA:
        characters().save(str(tokenizer))
    model, _, _ = written(config, tokenizer, tmp_path / "model.gguf")
    theirs, ours = LlamaCpp(tmp_path / "model.gguf"), Tokenizer.load(tokenizer)
    for text in [*texts, *TEXTS]:
        assert theirs.tokens(text) == ours.encode(text), text
    for text in CODE:
        ids = [ours.special("<bos>"), *ours.encode(text)][: config.window - 2]
        with torch.inference_mode():
            wanted = model(torch.tensor([ids]))[0, -1].log_softmax(-1)
        found = theirs.log_probabilities(ids, config.vocabulary_size, ours.encode("x")[0])
        torch.testing.assert_close(found, wanted, rtol=0, atol=2e-2)
        assert found.argmax() == wanted.argmax()


def test_models_that_llama_cpp_lacks_are_refused(tmp_path, vocabulary_file):
    with pytest.raises(ExportError, match=r"no architecture for this model.*policy is 'sliding'"):
        save_gguf(CONFIGS["sliding"], {}, vocabulary_file, tmp_path / "model.gguf", "test")
