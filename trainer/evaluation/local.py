"""What local text is worth: the cost of a file's tokens beside what the same contexts said before.

For every token of a file, read from its start: what the model gave it, and what the same contexts
in the window, the rest of the file and the package's other files were followed by. From that, bits
per byte under any mixer (``engine/local/mixing.py``), and gradients to fit one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, fields
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from codecomplete.engine import Model
from codecomplete.engine.local.mixing import (
    FILE,
    LEAST,
    MATCH_FACTS,
    MOST_CORRECTED,
    MOST_NATS,
    PROJECT,
    SOURCES,
    TOKEN_FACTS,
    WINDOW,
    Evidence,
    Found,
    Mixer,
    Network,
    match_facts,
    token_facts,
)
from codecomplete.engine.local.ngrams import LONGEST, NgramIndex
from codecomplete.engine.state.window import start_length

from .scores import prompt, rolled_logits

SLOTS = LONGEST * len(SOURCES)
"""Matches that a place may have, one of each order in each source."""

WINDOW_REFRESH, FILE_REFRESH = 16, 128  # tokens between two indexings; an editor refreshes sooner
PROJECT_TOKENS = 200_000
HIDDEN = 16  # of each network
IMPOSSIBLE = 1e-30  # no token costs more than 100 bits
AT_ONCE = 8_192  # places whose bits are computed at a time


class Perceptron(nn.Module):
    """A network of ``engine/local/mixing.py`` that can be fitted. It begins with one value."""

    def __init__(self, facts: int, hidden: int = HIDDEN, offset: float = 0.0) -> None:
        super().__init__()
        self.inward, self.outward = nn.Linear(facts, hidden), nn.Linear(hidden, 1)
        nn.init.zeros_(self.outward.weight)
        nn.init.constant_(self.outward.bias, offset)

    def forward(self, facts: Tensor) -> Tensor:
        """Facts (..., facts) to values (...)."""
        value: Tensor = self.outward(torch.relu(self.inward(facts)))
        return value[..., 0]

    @classmethod
    def of(cls, served: Network) -> Perceptron:
        facts, hidden = served.inward.shape
        made = cls(facts, hidden, served.offset)
        made.inward.weight.data = torch.tensor(served.inward.T)
        made.inward.bias.data = torch.tensor(served.bias)
        made.outward.weight.data = torch.tensor(served.outward[None])
        return made

    def served(self) -> Network:
        inward, bias, outward, offset = (part.detach().numpy() for part in self.parameters())
        return Network(inward.T.copy(), bias.copy(), outward[0].copy(), float(offset[0]))


class Bending(nn.Module):
    """A mixer that can be fitted. At first it believes little, and corrects nothing."""

    def __init__(self, before: Mixer | None = None) -> None:
        super().__init__()
        if before is None:
            self.pull = Perceptron(MATCH_FACTS, offset=-3.0)
            self.correct = Perceptron(TOKEN_FACTS)
        else:
            self.pull, self.correct = Perceptron.of(before.pull), Perceptron.of(before.correct)

    def forward(self, seen: Observations) -> Tensor:
        """Bits per token (n,)."""
        shares = torch.sigmoid(self.pull(seen.matches)) * seen.there
        left = torch.cumprod(torch.cat([torch.ones_like(shares[:, :1]), 1 - shares.flip(1)], 1), 1)
        weights, rest = shares * left[:, :-1].flip(1), left[:, -1:]
        pulled = seen.probability * rest[:, 0] + (weights * seen.shares).sum(1)
        before = seen.proposed * rest + (seen.proposed_shares * weights[:, None]).sum(2)
        after = before * torch.exp(self._nats(seen.tokens, before))
        target = torch.where(seen.is_target.any(1), (after * seen.is_target).sum(1), pulled)
        return -torch.log2(target / (1 + (after - before).sum(1)))

    def _nats(self, tokens: Tensor, pulled: Tensor) -> Tensor:
        log = torch.log(pulled.clamp_min(LEAST)) / 5
        mass = pulled.sum(1, keepdim=True).expand_as(log)
        facts = torch.cat([tokens, log[..., None], mass[..., None]], -1)
        nats: Tensor = self.correct(facts).clamp(-MOST_NATS, MOST_NATS)
        return nats

    def mixer(self) -> Mixer:
        return Mixer(self.pull.served(), self.correct.served())


@dataclass(frozen=True)
class Observations:
    """Per token (n) of some text: what the model, the matches and the mixer's first
    ``MOST_CORRECTED`` tokens (k) say of it.

    ``size`` is the number of bytes the tokens stand for.
    """

    probability: Tensor  # (n,) of the token, by the model
    matches: Tensor  # (n, SLOTS, MATCH_FACTS)
    there: Tensor  # (n, SLOTS); 1 where there is a match
    shares: Tensor  # (n, SLOTS) of the token in what followed the matches
    tokens: Tensor  # (n, k, TOKEN_FACTS - 2); the last two depend on the mixer
    proposed: Tensor  # (n, k) probabilities by the model
    proposed_shares: Tensor  # (n, k, SLOTS) in what followed the matches
    is_target: Tensor  # (n, k)
    size: int

    def bits(self, mixer: Mixer | None) -> Tensor:
        """Bits of each token (n,); without a mixer, by the model alone."""
        if mixer is None:
            return -torch.log2(self.probability)
        bending = Bending(mixer)
        with torch.no_grad():
            starts = range(0, max(1, len(self.probability)), AT_ONCE)
            return torch.cat([bending(self.at(slice(at, at + AT_ONCE))) for at in starts])

    def bits_per_byte(self, mixer: Mixer | None = None) -> float:
        """Of all tokens together."""
        return float(self.bits(mixer).sum()) / self.size

    def at(self, rows: slice | Tensor, size: int = 0) -> Observations:
        """Those of some tokens, which stand for ``size`` bytes."""
        parts = {one.name: getattr(self, one.name) for one in fields(self) if one.name != "size"}
        return Observations(**{name: part[rows] for name, part in parts.items()}, size=size)


def joined(parts: Sequence[Observations]) -> Observations:
    """The observations of several files as one."""
    names = [one.name for one in fields(Observations) if one.name != "size"]
    columns = {name: torch.cat([getattr(part, name) for part in parts]) for name in names}
    return Observations(**columns, size=sum(part.size for part in parts))


@dataclass(frozen=True)
class Around:
    """What local text says about every token (n) of a file, whatever a model thinks: what is costly
    to find and the same for every model of one vocabulary."""

    ids: np.ndarray  # (n,)
    total: np.ndarray  # (n, SLOTS); 0 where there is no match
    distinct: np.ndarray  # (n, SLOTS)
    top: np.ndarray  # (n, SLOTS) ids
    top_share: np.ndarray  # (n, SLOTS)
    shares: np.ndarray  # (n, SLOTS) of the token itself
    proposed: np.ndarray  # (n, k) ids, -1 where there are fewer
    proposed_shares: np.ndarray  # (n, k, SLOTS)
    language: str
    size: int


def around(model: Model, text: str, language: str, project: NgramIndex | None) -> Around:
    """What stands around every token of a file, read from its start."""
    ids = np.array(model.tokenizer.encode(text), np.int64)
    by_slot = (len(ids), SLOTS)
    total, top_share, shares = (np.zeros(by_slot, np.float32) for _ in range(3))
    distinct, top = np.ones(by_slot, np.float32), np.zeros(by_slot, np.int64)
    proposed = np.full((len(ids), MOST_CORRECTED), -1, np.int64)
    proposed_shares = np.zeros((len(ids), MOST_CORRECTED, SLOTS), np.float32)
    for row, found in enumerate(matches_along(ids.tolist(), start_length(model.config), project)):
        evidence = Evidence.of(found)
        if evidence is None:
            continue
        source, order, totals, distinct_followers = evidence.matches.T
        slots = source * LONGEST + order - 1
        tops, most = evidence.tops
        total[row, slots], distinct[row, slots] = totals, distinct_followers
        top[row, slots], top_share[row, slots] = tops, most / totals
        tokens, *_ = evidence.proposed(model.config.vocabulary_size)
        proposed[row, : len(tokens)] = tokens
        share = evidence.counts / totals[evidence.match]
        slot = slots[evidence.match]
        same = evidence.ids == ids[row]
        shares[row, slot[same]] = share[same]
        place = np.full(model.config.vocabulary_size, -1)
        place[tokens] = np.arange(len(tokens))
        among = place[evidence.ids] >= 0
        proposed_shares[row, place[evidence.ids[among]], slot[among]] = share[among]
    size = len(text.encode())
    return Around(
        ids, total, distinct, top, top_share, shares, proposed, proposed_shares, language, size
    )


def observed(model: Model, around: Around) -> Observations:
    """A model's own probabilities beside what stands around."""
    begin, ids, at = prompt(model, around.language), around.ids.tolist(), 0
    parts = []
    for logits, targets in rolled_logits(model, begin, ids):
        rows = slice(at, at + len(targets))
        parts.append(_beliefs(logits, around, rows))
        at += len(targets)
    if not parts:
        parts = [_beliefs(np.zeros((0, model.config.vocabulary_size)), around, slice(0, 0))]
    own, best, top, proposed = (np.concatenate(column) for column in zip(*parts, strict=True))
    there, longest = around.total > 0, _longest(around.total > 0)
    matches = match_facts(
        np.repeat(np.arange(len(SOURCES)), LONGEST),
        np.tile(np.arange(1, LONGEST + 1), len(SOURCES)),
        np.repeat(longest, LONGEST, axis=1),
        longest.max(1, keepdims=True),
        around.total,
        around.distinct,
        around.top_share,
        top,
        best[:, None],
    )
    order, share, count = _of_longest(around)
    unknown = np.ones_like(proposed)
    tokens = token_facts(
        order, share, count, longest[:, None], proposed, best[:, None], unknown, unknown
    )
    return Observations(
        probability=_tensor(np.maximum(own, IMPOSSIBLE)),
        matches=_tensor(matches),
        there=_tensor(there),
        shares=_tensor(around.shares),
        tokens=_tensor(tokens[..., :-2]),
        proposed=_tensor(proposed),
        proposed_shares=_tensor(around.proposed_shares),
        is_target=torch.from_numpy(around.proposed == around.ids[:, None]),
        size=around.size,
    )


def _tensor(values: np.ndarray) -> Tensor:
    return torch.from_numpy(values.astype(np.float32))


def observe(model: Model, text: str, language: str, project: NgramIndex | None) -> Observations:
    """What a model and local text say about every token of a file, read from its start."""
    return observed(model, around(model, text, language, project))


def _beliefs(logits: np.ndarray, around: Around, rows: slice) -> tuple[np.ndarray, ...]:
    """The model's probability of each token, of whatever it thinks likeliest in its place, of what
    followed the matches most often and of what is corrected."""
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    powers /= powers.sum(axis=1, keepdims=True)
    row, proposed = np.arange(len(powers)), around.proposed[rows]
    return (
        powers[row, around.ids[rows]],
        powers.max(axis=1),
        powers[row[:, None], around.top[rows]],
        powers[row[:, None], np.maximum(proposed, 0)] * (proposed >= 0),
    )


def _longest(there: np.ndarray) -> np.ndarray:
    """The longest order in each source (..., sources) of matches (..., SLOTS), 0 for none."""
    by_source = there.reshape(*there.shape[:-1], len(SOURCES), LONGEST)
    longest: np.ndarray = (by_source * np.arange(1, LONGEST + 1)).max(-1)
    return longest


def _of_longest(around: Around) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Of every proposed token (n, k, sources): the order of the longest match that it followed, its
    share there, and how often it did."""
    order = _longest(around.proposed_shares > 0)
    slot = np.maximum(order - 1, 0) + LONGEST * np.arange(len(SOURCES))
    share = np.take_along_axis(around.proposed_shares, slot, 2)
    return order, share, share * np.take_along_axis(around.total[:, None], slot, 2)


def matches_along(ids: list[int], window: int, project: NgramIndex | None) -> Iterator[Found]:
    """The matches at each place of a file that is being written from its start."""
    known = np.array(ids, dtype=np.uint16)
    indexes: dict[str, NgramIndex | None] = {PROJECT: project, FILE: None, WINDOW: None}
    for place in range(len(ids)):
        if place % FILE_REFRESH == 0 and place > window:
            indexes[FILE] = NgramIndex([known[: place - window]])
        if place % WINDOW_REFRESH == 0 and place:
            indexes[WINDOW] = NgramIndex([known[max(0, place - window) : place]])
        context = ids[max(0, place - LONGEST) : place]
        yield [(s, i.matches(context)) for s in SOURCES if (i := indexes[s]) is not None]


def project_index(model: Model, paths: Iterable[Path], most: int = PROJECT_TOKENS) -> NgramIndex:
    """An index of other files of a package, at most about ``most`` tokens, nearest last."""
    texts, total = [], 0
    for path in paths:
        texts.append(np.array(model.tokenizer.encode(path.read_text("utf-8")), dtype=np.uint16))
        total += len(texts[-1])
        if total > most:
            break
    return NgramIndex(texts[::-1])


def nearest(path: Path, others: Iterable[Path]) -> list[Path]:
    """Other files, those that share most folders with ``path`` first."""
    parents = set(path.parents)
    return sorted(
        (o for o in others if o != path), key=lambda o: (-len(parents & set(o.parents)), o)
    )


def package_files(path: Path, root: Path) -> list[Path]:
    """All files of the package ``root/LANGUAGE/PACKAGE`` that a file belongs to."""
    package = root.joinpath(*path.relative_to(root).parts[:2])
    return sorted(other for other in package.rglob("*") if other.is_file())
