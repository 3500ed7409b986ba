"""llama.cpp as a contender: writes a model of the same size in its own shape, and runs its step.

llama.cpp has no model like ours: no query norms, squared ReLU, skips or sliding masks. So it runs a
*llama* of the same width, layers, heads and vocabulary, whose three feed-forward matrices together
have as many weights as our two: nearly as many bytes to read, and nearly as many products.

The library is the one in the package ``xllamacpp``. Its Python part is a server, whose timings
include sampling and queues, so this calls the functions of ``llama.h`` that the library exports:
tokens in, logits out, in the calling thread. Their structures are passed on without being read,
except for the first three sizes of the context's, which are checked.
"""

from __future__ import annotations

import ctypes
import importlib.util
import json
from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from codecomplete.engine.modeldir.config import BLOCK, RMS, ROTARY, SWIGLU, ModelConfig

from ..errors import MissingExtraError
from ..export.gguf import Q8_BLOCK

PACKAGE = "xllamacpp"
SIZES = (512, 2_048, 512)  # llama.h's defaults of n_ctx, n_batch and n_ubatch

_INT, _VOID = ctypes.c_int32, ctypes.c_void_p
_LOG = ctypes.CFUNCTYPE(None, ctypes.c_int, ctypes.c_char_p, _VOID)
_silent = _LOG(lambda level, text, data: None)  # kept alive, because the library calls it


class _Whole(ctypes.Structure):
    """Room for any structure of llama.h, which is only passed from one call to another."""

    _fields_ = (("words", ctypes.c_uint32 * 256),)


def is_installed() -> bool:
    return importlib.util.find_spec(PACKAGE) is not None


def plain_vocabulary(tokenizer: Path, path: Path) -> Path:
    """Write a vocabulary with the same tokens that splits text like GPT-2's; returns ``path``.

    With our own splitting, the GGUF export refuses a vocabulary, because llama.cpp would read other
    tokens. Here it only reads ids.
    """
    facts = json.loads(tokenizer.read_text(encoding="utf-8"))
    split = {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": True}
    facts |= {"normalizer": None, "pre_tokenizer": split | {"use_regex": True}}
    path.write_text(json.dumps(facts), encoding="utf-8")
    return path


def like(config: ModelConfig) -> ModelConfig:
    """The llama closest in size to a model."""
    matrices = 3 if config.activation == SWIGLU else 2
    hidden = round(config.n_hidden * matrices / 3 / Q8_BLOCK) * Q8_BLOCK
    return replace(
        config,
        n_hidden=hidden,
        policy=BLOCK,
        positions=ROTARY,
        norm=RMS,
        norm_weights=True,
        activation=SWIGLU,
        qk_norm=False,
        embedding_norm=False,
        skip_gains=False,
        bias=False,
        softcap=0.0,
    )


class LlamaCpp:
    """A loaded GGUF file, with one window of keys and values, on one thread."""

    def __init__(self, path: Path, capacity: int) -> None:
        self._library, self._capacity, self._read = _open(), capacity, 0
        library = self._library
        library.llama_backend_init()
        self._model = library.llama_model_load_from_file(
            str(path).encode(), library.llama_model_default_params()
        )
        if not self._model:
            raise ValueError(f"{path}: llama.cpp cannot load this file")
        sizes = library.llama_context_default_params()
        sizes.words[0] = capacity
        self._context = library.llama_init_from_model(self._model, sizes)
        self._memory = library.llama_get_memory(self._context)
        library.llama_set_n_threads(self._context, 1, 1)
        self._vocabulary = library.llama_vocab_n_tokens(library.llama_model_get_vocab(self._model))

    def step(self, ids: Sequence[int], past: int) -> NDArray[np.float32]:
        """The logits of the last of ``ids``, after ``past`` others; valid until the next step."""
        if past > self._read or past + len(ids) > self._capacity:  # the library does not check this
            raise ValueError(
                f"{len(ids)} tokens after {past}, but {self._read} were read, {self._capacity} fit"
            )
        self._library.llama_memory_seq_rm(self._memory, -1, past, -1)
        tokens = (_INT * len(ids))(*ids)
        batch = self._library.llama_batch_get_one(tokens, len(ids))
        if self._library.llama_decode(self._context, batch):
            raise ValueError(f"llama.cpp cannot run {len(ids)} tokens after {past}")
        self._read = past + len(ids)
        found = self._library.llama_get_logits_ith(self._context, -1)
        return np.ctypeslib.as_array(found, (self._vocabulary,))

    def close(self) -> None:
        self._library.llama_free(self._context)
        self._library.llama_model_free(self._model)


@cache
def _open() -> ctypes.CDLL:
    spec = importlib.util.find_spec(PACKAGE)
    if spec is None or not spec.submodule_search_locations:
        raise MissingExtraError(f"running llama.cpp needs the package {PACKAGE}")
    (folder,) = spec.submodule_search_locations
    library = ctypes.CDLL(str(next(Path(folder).glob(f"{PACKAGE}.*[od]"))))  # .so or .pyd
    _declare(library)
    library.llama_log_set(_silent, None)
    found = tuple(library.llama_context_default_params().words[:3])
    if found != SIZES:
        raise ValueError(
            f"another llama.h than this module was written for: sizes {found}, expected {SIZES}"
        )
    return library


def _declare(library: ctypes.CDLL) -> None:
    for name, result, arguments in (
        ("log_set", None, (_LOG, _VOID)),
        ("backend_init", None, ()),
        ("model_default_params", _Whole, ()),
        ("context_default_params", _Whole, ()),
        ("model_load_from_file", _VOID, (ctypes.c_char_p, _Whole)),
        ("init_from_model", _VOID, (_VOID, _Whole)),
        ("set_n_threads", None, (_VOID, _INT, _INT)),
        ("get_memory", _VOID, (_VOID,)),
        ("memory_seq_rm", ctypes.c_bool, (_VOID, _INT, _INT, _INT)),
        ("model_get_vocab", _VOID, (_VOID,)),
        ("vocab_n_tokens", _INT, (_VOID,)),
        ("batch_get_one", _Whole, (ctypes.POINTER(_INT), _INT)),
        ("decode", _INT, (_VOID, _Whole)),
        ("get_logits_ith", ctypes.POINTER(ctypes.c_float), (_VOID, _INT)),
        ("free", None, (_VOID,)),
        ("model_free", None, (_VOID,)),
    ):
        function = getattr(library, f"llama_{name}")
        function.restype, function.argtypes = result, arguments
