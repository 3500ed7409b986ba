"""The stages between archives and shards, as plain functions on units of work.

``extract`` and ``tokenise`` work on one package each. A unit writes its result in one step, with a
stamp (a digest of everything it depends on), so it can run anywhere, in any order, and a killed run
resumes with the missing units. ``runners`` distributes units over workers; ``build`` orders them.
"""

from __future__ import annotations

import hashlib
import inspect
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from codecomplete.engine.privacy.secrets import find

from .documents import read_documents, read_json, sha256_of, write_documents, write_json
from .duplicates import signatures, text_digest
from .encoding import chunks, encode, load_tokenizer
from .errors import SourceError
from .extract import Report, documents_of, wanted
from .outputs import MARKER, Kind
from .packages import Package
from .shards import TokenPart
from .sources import source_of

WORK = Kind("a work folder of the corpus")
CACHE = "archives"


def is_cache(folder: Path) -> bool:
    """Whether a folder contains only fetched archives, which a user may have copied there."""
    return [path.name for path in folder.iterdir() if path.name != MARKER] == [CACHE]


@dataclass(frozen=True, slots=True)
class Work:
    """The folders of a build: archives and extracted packages are shared between profiles."""

    root: Path
    profile: str = "small"

    @property
    def archives(self) -> Path:
        return self.root / CACHE

    @property
    def folder(self) -> Path:
        """The folder of this profile alone."""
        return self.root / "profiles" / self.profile

    def extracted(self, package: Package) -> Path:
        return self.root / "extract" / package.slug

    def kept(self, package: Package) -> Path:
        """The positions of the documents that the choice kept."""
        return self.folder / "choice" / f"{package.slug}.npy"

    def tokenised(self, package: Package) -> Path:
        return self.folder / "tokenise" / package.slug


def stamp(*values: Any) -> str:
    """A digest of JSON values; equal stamps mean the same work."""
    text = json.dumps(values, sort_keys=True, default=str)
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


@cache
def code_digest() -> str:
    """A digest of the modules that decide the content of documents."""
    here = Path(__file__).parent
    names = [
        "archives",
        "ownfolder",
        "text",
        "licences",
        "filters",
        "redaction",
        "extract",
        "duplicates",
        "documents",
    ]
    shared = Path(inspect.getfile(find)).parent
    paths = [here / f"{name}.py" for name in names]
    paths += [shared / f"{name}.py" for name in ("masks", "private", "secrets", "shapes", "values")]
    return stamp([sha256_of(path) for path in paths])


def is_done(unit: Path, expected: str) -> bool:
    """Whether a unit is finished for this stamp."""
    path = unit / "done.json"
    return path.is_file() and read_json(path)["stamp"] == expected


def report_of(unit: Path) -> dict[str, Any]:
    """The report of a finished unit."""
    report: dict[str, Any] = read_json(unit / "done.json")["report"]
    return report


def _finish(unit: Path, expected: str, report: dict[str, Any]) -> None:
    write_json(unit / "done.json", {"stamp": expected, "report": report})


# Extract: archives -> documents, digests, signatures --------------------------------------------


def extract_stamp(package: Package, languages: Sequence[str]) -> str:
    """A digest that changes with anything that can change a package's documents."""
    facts = asdict(package) | {"split": "", "state": source_of(package).state(package)}
    return stamp("extract", facts, sorted(languages), code_digest())


def extract(package: Package, languages: Sequence[str], work: Work) -> None:
    """Fetch and filter one package. Problems are reported in its report, not raised."""
    unit, expected = work.extracted(package), extract_stamp(package, languages)
    if is_done(unit, expected) and report_of(unit)["problem"] is None:  # a failed one is repeated
        return
    unit.mkdir(parents=True, exist_ok=True)
    (unit / "done.json").unlink(missing_ok=True)
    report = Report()
    problem = None
    try:
        source = source_of(package)
        source.fetch(package, work.archives)
        takes = wanted(package, languages)
        entries = source.read(package, work.archives, takes)
        write_documents(unit / "documents.jsonl", documents_of(package, entries, languages, report))
    except SourceError as error:
        problem, report = str(error), Report()
        write_documents(unit / "documents.jsonl", [])
    _sign(unit)
    summary = {
        "files": report.as_json(),
        "secrets_replaced": report.secrets_replaced,
        "problem": problem,
    }
    _finish(unit, expected, summary)


def unit_digest(package: Package, work: Work) -> str:
    """A digest that identifies the result of a package's extraction."""
    unit = work.extracted(package)
    return stamp(sha256_of(unit / "done.json"), sha256_of(unit / "digests.npy"))


def _sign(unit: Path) -> None:
    """Store the digest and MinHash signature of each document, for the search for duplicates."""
    digests, rows = [np.zeros((0, 32), np.uint8)], [signatures([])]
    for documents in chunks(read_documents(unit / "documents.jsonl")):
        texts = [document.text for document in documents]
        joined = b"".join(map(text_digest, texts))
        digests.append(np.frombuffer(joined, np.uint8).reshape(-1, 32))
        rows.append(signatures(texts))
    np.save(unit / "digests.npy", np.concatenate(digests), allow_pickle=False)
    np.save(unit / "signatures.npy", np.concatenate(rows), allow_pickle=False)


# Tokenise: kept documents -> ids and index ------------------------------------------------------


def tokenise(package: Package, tokenizer: Path, work: Work) -> None:
    """Encode a package's kept documents as ids."""
    keep, unit = work.kept(package), work.tokenised(package)
    expected = stamp("tokenise", unit_digest(package, work), sha256_of(keep), sha256_of(tokenizer))
    if is_done(unit, expected):
        return
    unit.mkdir(parents=True, exist_ok=True)
    (unit / "done.json").unlink(missing_ok=True)
    chosen = set(np.load(keep, allow_pickle=False).tolist())
    path = work.extracted(package) / "documents.jsonl"
    documents = (doc for at, doc in enumerate(read_documents(path)) if at in chosen)
    part = encode(documents, load_tokenizer(tokenizer))
    np.save(unit / "ids.npy", part.ids, allow_pickle=False)
    np.save(unit / "index.npy", part.index, allow_pickle=False)
    _finish(unit, expected, {"tokens": len(part.ids), "documents": len(part.index)})


def load_part(package: Package, number: int, work: Work) -> TokenPart:
    """A package's ids, memory-mapped, and its index, with the package's number in this build."""
    unit = work.tokenised(package)
    ids = np.load(unit / "ids.npy", mmap_mode="r", allow_pickle=False)
    index = np.load(unit / "index.npy", allow_pickle=False)
    index["package"] = number
    return TokenPart(ids, index)
