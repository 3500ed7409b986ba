"""From a profile to shards: four stages, each a list of calls that share only files.

    extract    each package: fetch, filter, clean, sign
    choose     all packages: duplicates, held-out first, the mix; then the tokenizer
    tokenise   each package: chosen documents to ids
    write      shuffled shards, held-out files, manifest, attributions

So a runner may distribute the calls of one stage over cores or machines, and a killed build resumes
where it stopped.
"""

from __future__ import annotations

import importlib.util
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from tokenizers import Tokenizer

from codecomplete.engine.languages import LANGUAGES

from . import reports, vocabulary
from .choose import SEED, choose, kept_documents, sample
from .documents import read_json, sha256_of, write_json
from .encoding import check_roles, load_tokenizer
from .errors import CorpusError, OutputError, ProfileError, SourceError
from .outputs import claim, fresh, require_writable
from .packages import SPLITS, Package, require_permissive
from .profiles import Profile
from .shards import DESCRIPTION, FORMAT, INDEX, SHARDS, totals, write_split
from .sources import source_of
from .stages import WORK, Work, extract, is_cache, load_part, report_of, stamp, tokenise

SHARD_TOKENS = 1 << 25
LIBRARIES = ("parso", "rensa", "tqdm")

Call = tuple[Callable[..., None], tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class Stage:
    """Calls that may run in any order and at the same time; stages follow one another."""

    name: str
    calls: tuple[Call, ...]


def stages(
    profile: Profile, packages: Sequence[Package], work: Work, out: Path
) -> tuple[Stage, ...]:
    """The stages that build a profile's shards into ``out``.

    Raises ProfileError if no package takes part; SourceError if one has no permissive licence, or
    is a missing folder; OutputError if ``out`` or the work folder contains foreign files; and
    CorpusError if a library that the filters need is not installed.
    """
    _require_libraries()
    chosen = sorted(profile.select(packages), key=lambda package: SPLITS.index(package.split))
    if not any(package.split == "train" for package in chosen):
        raise ProfileError(
            f"profile {profile.name!r}: no package of the list takes part: it learns "
            f"{', '.join(profile.mix)} from {_named(profile)}. Give your own code with "
            "--folder, or another list with --packages and a profile for it with --profiles"
        )
    for package in chosen:
        require_permissive(package)
        if package.kind == "folder":  # can be checked now, without a registry
            source_of(package).fetch(package, work.archives)
    _require_places(profile, work, out)
    return (
        Stage("extract", tuple((extract, (one, profile.languages, work)) for one in chosen)),
        Stage("choose", ((prepare, (chosen, profile, work)),)),
        Stage(
            "tokenise",
            tuple((tokenise, (one, work.folder / "tokenizer.json", work)) for one in chosen),
        ),
        Stage("write", ((write, (chosen, profile, work, out)),)),
    )


def _named(profile: Profile) -> str:
    names = profile.packages
    return "any package" if names is None else f"{', '.join(names[:3])} and so on"


def _require_places(profile: Profile, work: Work, out: Path) -> None:
    """Check before anything is fetched that results can be written, and not over their input."""
    if out.resolve() == work.root.resolve():
        raise OutputError(f"{out}: --work and --out are the same folder; choose two")
    if profile.tokenizer is not None:
        check_roles(profile.tokenizer)
    require_writable(out, SHARDS)
    claim(work.root, WORK, is_cache)


def _require_libraries() -> None:
    """Check for libraries before anything is fetched, not hours later."""
    missing = [name for name in LIBRARIES if importlib.util.find_spec(name) is None]
    if missing:
        raise CorpusError(
            f"not installed: {', '.join(missing)}; pip install 'codecomplete[corpus]'"
        )


def prepare(packages: Sequence[Package], profile: Profile, work: Work) -> None:
    """Choose the documents and train the tokenizer on those to learn from."""
    choose(packages, profile, work)
    _require_texts(packages, work)
    path, done = work.folder / "tokenizer.json", work.folder / "tokenizer-done.json"
    if profile.tokenizer is not None:
        _keep_tokenizer(profile.tokenizer, path)
        return
    facts = [profile.recipe, profile.vocabulary, vocabulary.SAMPLE, vocabulary.LANGUAGE_SAMPLE]
    expected = stamp(sha256_of(work.folder / "choice" / "done.json"), *facts, _code())
    if path.is_file() and done.is_file() and read_json(done) == expected:
        return
    _tokenizer(packages, profile, work).save(str(path))
    write_json(done, expected)


def _require_texts(packages: Sequence[Package], work: Work) -> None:
    """Raise SourceError if nothing is left to learn from: empty shards are not a success."""
    learned = [package for package in packages if package.split == "train"]
    if any(len(np.load(work.kept(package), allow_pickle=False)) for package in learned):
        return
    problems = [report_of(work.extracted(package))["problem"] for package in learned]
    told = [f"  {problem}" for problem in problems if problem]
    empty = sum(problem is None for problem in problems)
    if empty:
        told.append(f"  {empty} held no file that passes the filters in {', '.join(LANGUAGES)}")
    count = f"{len(learned)} package{'s' * (len(learned) > 1)}"
    raise SourceError(f"nothing to train on in {count}:\n" + "\n".join(told))


def _keep_tokenizer(given: Path, path: Path) -> None:
    check_roles(given)
    shutil.copyfile(given, path)


def _code() -> str:
    return sha256_of(Path(vocabulary.__file__))


def _tokenizer(packages: Sequence[Package], profile: Profile, work: Work) -> Tokenizer:
    texts = sample(packages, work, vocabulary.sample_bytes(len(profile.mix)))
    return vocabulary.learn(profile.recipe, profile.vocabulary, texts)


def write(packages: Sequence[Package], profile: Profile, work: Work, out: Path) -> None:
    """Write everything that leaves the work folder."""
    with fresh(out, SHARDS) as folder:
        shutil.copyfile(work.folder / "tokenizer.json", folder / "tokenizer.json")
        manifest = reports.write_manifest(packages, profile, work, folder)
        reports.write_attribution(manifest, folder)
        _write_held_out(packages, work, folder)
        _write_shards(packages, profile, work, folder)


def _write_shards(packages: Sequence[Package], profile: Profile, work: Work, out: Path) -> None:
    splits = {split: _write_one(packages, split, work, out) for split in SPLITS}
    tokenizer = out / "tokenizer.json"
    description = {
        "format": FORMAT,
        "vocabulary_size": load_tokenizer(tokenizer).get_vocab_size(),
        "tokenizer_sha256": sha256_of(tokenizer),
        "languages": list(profile.mix),
        "packages": [package.name for package in packages],
        "splits": splits,
        "manifest_sha256": sha256_of(out / "manifest.json"),
    }
    write_json(out / DESCRIPTION, description)


def _write_one(packages: Sequence[Package], split: str, work: Work, out: Path) -> dict[str, Any]:
    parts = [
        load_part(package, number, work)
        for number, package in enumerate(packages)
        if package.split == split
    ]
    index = np.concatenate([part.index for part in parts] or [np.zeros(0, INDEX)])
    order = np.arange(len(index))
    if split == "train":
        np.random.Generator(np.random.PCG64(SEED)).shuffle(order)
    return {**totals(index), "shards": write_split(out, split, parts, order, SHARD_TOKENS)}


def _write_held_out(packages: Sequence[Package], work: Work, out: Path) -> None:
    """Write the held-out texts as plain files, for evaluation."""
    for package in packages:
        if package.split == "train":
            continue
        for document in kept_documents(package, work):
            folder = out / "files" / package.split / document.language / package.slug
            path = folder / document.path
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(document.text, encoding="utf-8", newline="\n")
