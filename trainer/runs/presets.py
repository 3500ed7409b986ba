"""Named models, with the recipes they are meant to be trained with. Data only."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from codecomplete.engine.languages import TAGGED
from codecomplete.engine.modeldir.config import (
    BLOCK,
    GELU,
    GELU_TANH,
    LAYER,
    LEARNED,
    RMS,
    ROTARY,
    SLIDING,
    SWIGLU,
    ModelConfig,
)

from ..learning.recipe import ADAMW, COSINE, GPT2, LINEAR, SHUFFLED, Recipe

CODECOMPLETE, LITERAL_A, CHARACTERS = "codecomplete", "system-a", "characters"
STARCODER = "starcoder2"  # system D's: 49,152 tokens; users provide it themselves


@dataclass(frozen=True)
class Layout:
    """Where a run keeps its log and, optionally, a second copy of its newest checkpoint."""

    log: str = "loss_log.csv"
    latest: str | None = None


SYSTEM_A_LAYOUT = Layout("training_logs/loss_log.csv", "model/checkpoints/latest_checkpoint.pth")


@dataclass(frozen=True)
class Preset:
    """A model, its tokenizer recipe (see ``corpus/vocabulary.py``) and its training recipe."""

    name: str
    purpose: str
    model: ModelConfig
    recipe: Recipe
    tokenizer: str = CODECOMPLETE
    layout: Layout = Layout()
    begins_with: str | None = None  # the preset whose weights it should start from
    block: int = 64  # columns that share a scale in its quantised weights


def _ours(**sizes: Any) -> ModelConfig:
    return ModelConfig(policy=SLIDING, positions=ROTARY, norm=RMS, softcap=30.0, **sizes)


def _gpt2(layers: int, width: int, heads: int) -> ModelConfig:
    return ModelConfig(
        vocabulary_size=49_152,
        n_layer=layers,
        n_head=heads,
        n_kv_head=heads,
        head_size=width // heads,
        n_embd=width,
        n_hidden=4 * width,
        window=1_024,
        policy=BLOCK,
        positions=LEARNED,
        norm=LAYER,
        norm_weights=True,
        activation=GELU_TANH,
        qk_norm=False,
        embedding_norm=False,
        skip_gains=False,
        bias=False,
        tied=True,
    )


TOY = Preset(
    "toy",
    "a hundredth of a real model, to try every command in seconds",
    _ours(
        vocabulary_size=512,
        n_layer=2,
        n_head=4,
        n_kv_head=2,
        head_size=16,
        n_embd=64,
        n_hidden=128,
    ),
    Recipe(row_tokens=128, batch_rows=8, warmup_steps=10, document_starts=0.5),
)

SMALL = Preset(
    "small",
    "about 4 M parameters, for hours on two CPU cores",
    _ours(
        vocabulary_size=4_096,
        n_layer=4,
        n_head=4,
        n_kv_head=4,
        head_size=64,
        n_embd=256,
        n_hidden=1_024,
    ),
    Recipe(row_tokens=512, batch_rows=16),
)

DEEPER = tuple(
    replace(
        SMALL,
        name=f"small-{layers}",
        purpose=f"small with {layers} layers, which its weights grow into",
        model=replace(SMALL.model, n_layer=layers),
        begins_with="small",
    )
    for layers in (6, 10)
)

FAMILIES = {
    "python": "python",
    "c": "c,cpp",
    "java": "java,kotlin",
    "web": "javascript,typescript",
    "go": "go",
    "rust": "rust",
    "php": "php",
    "scripts": "shell,lua,markdown",
}
"""Languages that share a specialist, because they share vocabulary."""

SPECIALISTS = tuple(
    Preset(
        f"small-{family}",
        f"small, finished on {languages.replace(',', ', ')}, with a tenth from all languages",
        SMALL.model,
        replace(
            SMALL.recipe,
            matrix_rate=SMALL.recipe.matrix_rate / 2,
            table_rate=SMALL.recipe.table_rate / 2,
            other_rate=SMALL.recipe.other_rate / 2,
            warmup_steps=20,
            decay_share=1.0,
            language=languages,
            replay=0.1,
        ),
        begins_with="small",
    )
    for family, languages in FAMILIES.items()
)

SYSTEM_C = tuple(
    Preset(
        name,
        purpose,
        _ours(
            vocabulary_size=4_096,
            n_layer=layers,
            n_head=width // 64,
            n_kv_head=width // 64,
            head_size=64,
            n_embd=width,
            n_hidden=hidden,
        ),
        replace(SMALL.recipe, language="java"),
    )
    for name, purpose, layers, width, hidden in (
        ("system-c", "system C's standalone size: 22 M parameters, Java only", 6, 512, 2_240),
        ("system-c-federated", "system C's federated size: 2.3 M, Java only", 3, 192, 896),
    )
)
"""Its authors give sizes, not shapes; these are our shapes of those sizes."""

FLAGSHIP = Preset(
    "flagship",
    "36 M parameters, for one large GPU",
    _ours(
        vocabulary_size=8_192,
        n_layer=11,
        n_head=8,
        n_kv_head=4,
        head_size=64,
        n_embd=512,
        n_hidden=2_048,
    ),
    Recipe(
        row_tokens=1_024,
        batch_rows=128,
        table_rate=0.03,
        other_rate=0.02,
        clip=0.3,
        warmup_steps=40,
        decay_share=0.65,
        final_rate=0.05,
        fading_decay=True,
        average=0.997,
        average_share=0.1,
        order=SHUFFLED,
        document_starts=0.5,
        fim_rate=0.35,
        fim_tokens=256,
    ),
    block=128,  # with blocks of 64, the model directory would exceed 38 MB
)

SYSTEM_A_MODEL = ModelConfig(
    vocabulary_size=8_000,
    n_layer=8,
    n_head=8,
    n_kv_head=8,
    head_size=64,
    n_embd=512,
    n_hidden=2_048,
    window=256,
    policy=BLOCK,
    positions=LEARNED,
    norm=LAYER,
    norm_weights=True,
    activation=GELU,
    qk_norm=False,
    embedding_norm=False,
    skip_gains=False,
    bias=True,
    tied=False,
)

SYSTEM_A = Preset(
    "system-a",
    "33,551,168 parameters, trained as its authors did",
    SYSTEM_A_MODEL,
    Recipe(
        row_tokens=256,
        batch_rows=8,
        accumulation=4,
        optimiser=ADAMW,
        matrix_rate=3e-4,
        table_rate=3e-4,
        other_rate=3e-4,
        weight_decay=0.1,
        epsilon=1e-8,
        schedule=COSINE,
        decay_share=1.0,
        document_starts=0.0,
        initialisation=GPT2,
    ),
    LITERAL_A,
    SYSTEM_A_LAYOUT,
)

SYSTEM_A_BETTER = Preset(
    "system-a-better",
    "system A's model with this project's recipe",
    SYSTEM_A_MODEL,
    Recipe(
        row_tokens=256,
        batch_rows=256,
        matrix_rate=0.02,
        table_rate=0.3,
        other_rate=0.01,
        warmup_steps=100,
        schedule=LINEAR,
        decay_share=0.65,
        fading_decay=True,
        average=0.999,
        average_share=0.1,
        order=SHUFFLED,
    ),
    LITERAL_A,
)

CHARACTER = Preset(
    "characters",
    "6 M parameters over single characters",
    ModelConfig(
        vocabulary_size=128,
        n_layer=6,
        n_head=6,
        n_kv_head=6,
        head_size=48,
        n_embd=288,
        n_hidden=768,
        window=2_048,
        policy=BLOCK,
        positions=ROTARY,
        norm=RMS,
        norm_weights=True,
        activation=SWIGLU,
        qk_norm=False,
        embedding_norm=False,
        skip_gains=False,
        tied=True,
    ),
    Recipe(
        row_tokens=2_048,
        batch_rows=96,
        optimiser=ADAMW,
        matrix_rate=5e-4,
        table_rate=5e-4,
        other_rate=5e-4,
        epsilon=1e-8,
        schedule=COSINE,
        decay_share=1.0,
        order=SHUFFLED,
    ),
    CHARACTERS,
)

CHARACTER_SMALL = replace(
    CHARACTER,
    name="characters-small",
    purpose="the character model in 1.8 M parameters, for hours on two CPU cores",
    model=replace(CHARACTER.model, n_layer=4, n_head=4, n_kv_head=4, n_embd=192, n_hidden=512),
    recipe=Recipe(row_tokens=2_048, batch_rows=8, order=SHUFFLED),
)

CHARACTER_TINY = replace(
    CHARACTER,
    name="characters-tiny",
    purpose="the character model in 0.9 M parameters and a window of 512, for an hour on one core",
    model=replace(
        CHARACTER.model,
        n_layer=4,
        n_head=4,
        n_kv_head=4,
        head_size=32,
        n_embd=128,
        n_hidden=384,
        window=512,  # no longer than the rows, or it would meet positions that it has never seen
    ),
    recipe=Recipe(row_tokens=512, batch_rows=8, order=SHUFFLED),
)
CHARACTER_LANGUAGES = tuple(
    replace(
        base,
        name=f"{base.name}-{language}",
        purpose=f"{base.name}, tuned on {language}, with a tenth from the rest",
        recipe=replace(
            base.recipe,
            matrix_rate=0.3 * base.recipe.matrix_rate,
            table_rate=0.3 * base.recipe.table_rate,
            other_rate=0.3 * base.recipe.other_rate,
            language=language,
            replay=0.1,
        ),
        begins_with=base.name,
    )
    for base in (CHARACTER, CHARACTER_SMALL, CHARACTER_TINY)
    for language in TAGGED
)

SCALING = tuple(
    Preset(
        f"scaling-{size}m",
        f"system D's {size} M: {layers} layers, width {width}, {heads} heads, tied head",
        _gpt2(layers, width, heads),
        Recipe(
            row_tokens=1_024,
            batch_rows=8,
            accumulation=16,
            optimiser=ADAMW,
            matrix_rate=6e-4,
            table_rate=6e-4,
            other_rate=6e-4,
            schedule=COSINE,
            decay_share=1.0,
            epsilon=1e-8,
            order=SHUFFLED,
            initialisation=GPT2,
        ),
        STARCODER,
    )
    for size, layers, width, heads in ((50, 8, 512, 8), (150, 12, 768, 12), (225, 16, 960, 16))
)

PRESETS: dict[str, Preset] = {
    preset.name: preset
    for preset in (
        TOY,
        SMALL,
        *DEEPER,
        *SPECIALISTS,
        *SYSTEM_C,
        FLAGSHIP,
        SYSTEM_A,
        SYSTEM_A_BETTER,
        CHARACTER,
        CHARACTER_SMALL,
        CHARACTER_TINY,
        *CHARACTER_LANGUAGES,
        *SCALING,
    )
}
