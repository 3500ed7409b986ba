"""A model directory of format 1 becomes one of the present format, number for number."""

from __future__ import annotations

import json
import shutil

import numpy as np
import onnx
import pytest

from codecomplete.engine.modeldir.config import ROTARY
from codecomplete.engine.modeldir.directory import open_directory
from codecomplete.engine.modeldir.names import DESCRIPTION, TOKENIZER, WEIGHTS
from codecomplete.engine.state.runtime import Runtime
from codecomplete.trainer.errors import ExportError
from codecomplete.trainer.export import weights
from codecomplete.trainer.export.convert import convert
from codecomplete.trainer.export.formats import as_arrays
from codecomplete.trainer.export.graph import GraphWriter, _block, _output, _plain_rms, quantise
from codecomplete.trainer.export.rounding import Quantisation
from tests.tiny import CONFIGS, random_model


def write_format_1(config, arrays, tokenizer, directory, bits):
    """What format 1 consisted of: a graph over embedded tokens, and tables beside it."""
    directory.mkdir()
    rounding = Quantisation(bits, 32, 32)
    writer = GraphWriter(directory / WEIGHTS, rounding)
    x = x0 = _plain_rms(writer, "x", "embedded", config.n_embd) if config.embedding_norm else "x"
    for layer in range(config.n_layer):
        x = _block(writer, config, arrays, layer, x, x0)
    if not (config.tied and bits == 32):  # such a head is the table that is looked up in
        _output(writer, config, arrays, x)
    graph = onnx.helper.make_graph(writer.nodes, "step", [], [], writer.initializers)
    (directory / "model.onnx").write_bytes(onnx.helper.make_model(graph).SerializeToString())
    shutil.copyfile(tokenizer, directory / TOKENIZER)
    description = {
        "format": 1, "name": "old", "config": config.to_dict(), "languages": [], "training": {},
        "quantisation": {"bits": bits, "block": 32, "table_block": 32},
        "tables": tables(writer, config, arrays, bits),
    }  # fmt: skip
    (directory / DESCRIPTION).write_text(json.dumps(description))


def tables(writer, config, arrays, bits):
    embedding = arrays["embedding.weight"]
    rows, width = embedding.shape
    found = {"rows": rows, "width": width, "bits": 32 if bits == 32 else 8}
    if bits == 32:
        found |= {"offset": writer.append(embedding)}
    else:
        codes, scales = quantise(embedding, 8, 32)
        found |= {"offset": writer.append(codes), "block": 32}
        found |= {"scales_offset": writer.append(scales)}
    all_found = {"embedding": found}
    if config.positions != ROTARY:
        positions = arrays["positions.weight"]
        all_found["positions"] = {
            "rows": positions.shape[0], "width": width, "bits": 32,
            "offset": writer.append(positions),
        }  # fmt: skip
    return all_found


@pytest.mark.parametrize("bits", [32, 8, 4])
@pytest.mark.parametrize("kind", CONFIGS)
def test_the_numbers_stay_the_same(kind, bits, tmp_path, vocabulary_file):
    config = CONFIGS[kind]
    arrays = as_arrays(random_model(config).state_dict())
    write_format_1(config, arrays, vocabulary_file, tmp_path / "old", bits)
    directory = open_directory(convert(tmp_path / "old", tmp_path / "new"))
    found = weights.read(directory)
    assert found.keys() == arrays.keys()
    for name, values in arrays.items():
        wanted = values
        if bits != 32 and values.ndim == 2 and not name.startswith("positions"):
            kept = 8 if name == "embedding.weight" else bits
            codes, scales = quantise(values, kept, 32)
            centred = codes.astype(np.float32) - 2 ** (kept - 1)
            wanted = (centred * scales[..., None]).reshape(len(values), -1)[:, : values.shape[1]]
        assert np.array_equal(found[name], wanted), name
    assert np.isfinite(Runtime(directory).new_buffers().step([5, 6, 7], 0, 0)).all()


def test_other_formats_are_refused(make_model, tmp_path):
    with pytest.raises(ExportError, match="format 2, expected 1"):
        convert(make_model("sliding").directory, tmp_path / "new")
