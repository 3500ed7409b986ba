"""python -m codecomplete.trainer.studies.mixing: small networks in place of the tables of shares.

How far a match of local text pulls the model's distribution is read from a table
(``engine/local/mixing.py``). Fits two small networks instead, one pair for all languages: *pulling*
computes the share from more facts about the match, such as what the model makes of the token that
followed it most often; *correcting* then changes the odds of the tokens that followed the longest
matches, by how the model and the sources agree on them, as the secondary estimation of the PAQ
compressors does (Mahoney 2005). Fitted on validation packages, measured on test packages, beside
the packaged tables. The engine does not support such networks: this decides whether it should.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from codecomplete import engine
from codecomplete.engine import Model
from codecomplete.engine.local.ngrams import LONGEST, Match
from codecomplete.engine.local.text import SOURCES
from codecomplete.engine.state.window import start_length

from ..evaluation.files import SourceText, held_out_files, taken
from ..evaluation.local import SLOTS, Found, joined, logits_of, matches_along, observe
from ..evaluation.report import markdown, mean, project
from ..evaluation.scores import prompt, rolled_logits
from .common import begin, finish, parser_of

PROPOSED = 12  # tokens that are corrected
LEAST = 1e-6  # what counts as the probability of what is next to impossible
MOST_NATS = 6.0  # by which a correction changes the odds
STEPS, RATE, BATCH = 1_500, 0.01, 4_096
AT_ONCE = 8_192  # places that are measured at a time
CONDITIONS = ("file", "project")


@dataclass(frozen=True)
class Places:
    """Places of some texts (n), with the matches there and the tokens that those propose (k)."""

    target: Tensor  # (n,) probability of the true token, by the model
    matches: Tensor  # (n, SLOTS, facts)
    there: Tensor  # (n, SLOTS): whether there is a match
    shares: Tensor  # (n, SLOTS): of the true token, in what followed the match
    tokens: Tensor  # (n, k, facts)
    proposed: Tensor  # (n, k) probabilities by the model
    proposed_shares: Tensor  # (n, k, SLOTS) in what followed the matches
    is_target: Tensor  # (n, k)

    def __len__(self) -> int:
        return len(self.target)

    def at(self, rows: slice | Tensor) -> Places:
        """Some of the places."""
        return Places(*(getattr(self, one.name)[rows] for one in fields(self)))

    @classmethod
    def joined(cls, parts: Sequence[Places]) -> Places:
        """The places of several texts."""
        names = [one.name for one in fields(cls)]
        return cls(*(torch.cat([getattr(part, name) for part in parts]) for name in names))


class Networks(nn.Module):
    """The two networks; without ``hidden_tokens``, only that which pulls."""

    def __init__(self, seen: Places, hidden_matches: int, hidden_tokens: int) -> None:
        super().__init__()
        self.pull = _network(seen.matches.shape[-1], hidden_matches, -3.0)
        facts = seen.tokens.shape[-1] + 2  # what pulling made of the token, and of all
        self.correct = _network(facts, hidden_tokens, 0.0) if hidden_tokens else None

    def forward(self, seen: Places) -> Tensor:
        """Bits of each place (n,)."""
        shares = torch.sigmoid(self.pull(seen.matches)[..., 0]) * seen.there
        left = torch.cumprod(torch.cat([torch.ones_like(shares[:, :1]), 1 - shares.flip(1)], 1), 1)
        weights, rest = shares * left[:, :-1].flip(1), left[:, -1:]
        pulled = seen.target * rest[:, 0] + (weights * seen.shares).sum(1)
        if self.correct is None:
            return -torch.log2(pulled)
        before = seen.proposed * rest + (seen.proposed_shares * weights[:, None]).sum(2)
        log = torch.log(before.clamp_min(LEAST)) / 5
        mass = before.sum(1, keepdim=True).expand_as(log)
        facts = torch.cat([seen.tokens, log[..., None], mass[..., None]], -1)
        after = before * torch.exp(self.correct(facts)[..., 0].clamp(-MOST_NATS, MOST_NATS))
        corrected = torch.where(seen.is_target.any(1), (after * seen.is_target).sum(1), pulled)
        return -torch.log2(corrected / (1 + (after - before).sum(1)))

    def total(self, seen: Places) -> float:
        """Bits of all places."""
        with torch.no_grad():
            starts = range(0, len(seen), AT_ONCE)
            return sum(float(self(seen.at(slice(at, at + AT_ONCE))).sum()) for at in starts)


def _network(facts: int, hidden: int, begin: float) -> nn.Sequential:
    outward = nn.Linear(hidden, 1)
    nn.init.zeros_(outward.weight)
    nn.init.constant_(outward.bias, begin)
    return nn.Sequential(nn.Linear(facts, hidden), nn.ReLU(), outward)


def fit(seen: Places, hidden_matches: int, hidden_tokens: int) -> Networks:
    """The networks under which the places cost least."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(1)
        networks = Networks(seen, hidden_matches, hidden_tokens)
        optimiser = torch.optim.Adam(networks.parameters(), lr=RATE)
        schedule = torch.optim.lr_scheduler.LinearLR(optimiser, 1.0, 0.05, STEPS)
        for _ in range(STEPS):
            optimiser.zero_grad()
            networks(seen.at(torch.randint(len(seen), (BATCH,)))).mean().backward()
            optimiser.step()
            schedule.step()
    return networks


def places(model: Model, text: SourceText, root: Path | None) -> Places:
    """Every place of a file that is written from its start; with ``root``, its package is known."""
    ids = np.array(model.tokenizer.encode(text.text), np.int64)
    index = None if root is None else project(model, text, root)
    found = matches_along(ids.tolist(), start_length(model.config), index)
    rows = [_row(matches, int(target)) for matches, target in zip(found, ids, strict=True)]
    total, distinct, top, top_share, shares, tokens, token_shares = map(
        np.stack, zip(*rows, strict=True)
    )
    own, best, of_top, of_tokens = _beliefs(model, text.language, ids, top, tokens)
    longest = _longest(total > 0)
    matches = _match_facts(total, distinct, top_share, of_top, best, longest)
    facts = _token_facts(total, token_shares, of_tokens, best, longest)
    return Places(
        target=_tensor(own),
        matches=_tensor(matches),
        there=_tensor(total > 0),
        shares=_tensor(shares),
        tokens=_tensor(facts),
        proposed=_tensor(of_tokens),
        proposed_shares=_tensor(token_shares),
        is_target=torch.from_numpy(tokens == ids[:, None]),
    )


def _tensor(values: np.ndarray) -> Tensor:
    return torch.from_numpy(values.astype(np.float32))


def _row(found: Found, target: int) -> tuple[np.ndarray, ...]:
    """What was found at one place, by slot; and the proposed tokens, with their share by slot."""
    total, top_share, share = (np.zeros(SLOTS) for _ in range(3))
    distinct, top = np.ones(SLOTS), np.zeros(SLOTS, np.int64)
    by_slot = {
        SOURCES.index(source) * LONGEST + match.order - 1: match
        for source, matches in found
        for match in matches
    }
    tokens = _proposed(list(by_slot.values()))
    token_shares = np.zeros((PROPOSED, SLOTS))
    for slot, match in by_slot.items():
        most = match.counts.argmax()
        total[slot], distinct[slot] = match.total, len(match.ids)
        top[slot], top_share[slot] = match.ids[most], match.counts[most] / match.total
        shares = dict(zip(match.ids.tolist(), (match.counts / match.total).tolist(), strict=True))
        share[slot] = shares.get(target, 0.0)
        token_shares[:, slot] = [shares.get(token, 0.0) for token in tokens.tolist()]
    return total, distinct, top, top_share, share, tokens, token_shares


def _proposed(matches: Sequence[Match]) -> np.ndarray:
    """The tokens (PROPOSED,) that followed the longest matches, by their share; -1 where there are
    fewer."""
    best: dict[int, tuple[int, float]] = {}
    for match in matches:
        for id_, share in zip(match.ids.tolist(), match.counts / match.total, strict=True):
            best[id_] = max(best.get(id_, (0, 0.0)), (match.order, float(share)))
    chosen = sorted(best, key=lambda id_: best[id_], reverse=True)[:PROPOSED]
    return np.array([*chosen, *[-1] * (PROPOSED - len(chosen))])


def _beliefs(
    model: Model, language: str, ids: np.ndarray, top: np.ndarray, tokens: np.ndarray
) -> list[np.ndarray]:
    """The model's probability of every token, its highest, and those of other tokens."""
    parts, at = [], 0
    for logits, targets in rolled_logits(model, prompt(model, language), ids.tolist()):
        powers = np.exp(logits - logits.max(axis=1, keepdims=True))
        powers /= powers.sum(axis=1, keepdims=True)
        rows, each = slice(at, at + len(targets)), np.arange(len(targets))
        proposed = powers[each[:, None], np.maximum(tokens[rows], 0)] * (tokens[rows] >= 0)
        own = np.maximum(powers[each, ids[rows]], 1e-9)  # as in evaluation/local.py
        parts.append((own, powers.max(axis=1), powers[each[:, None], top[rows]], proposed))
        at += len(targets)
    return [np.concatenate(column) for column in zip(*parts, strict=True)]


def _longest(there: np.ndarray) -> np.ndarray:
    """The longest order in each source (..., sources) of matches (..., SLOTS); 0 for none."""
    by_source = there.reshape(*there.shape[:-1], len(SOURCES), LONGEST)
    return np.asarray((by_source * np.arange(1, LONGEST + 1)).max(-1))


def _match_facts(
    total: np.ndarray,
    distinct: np.ndarray,
    top_share: np.ndarray,
    top: np.ndarray,
    best: np.ndarray,
    longest: np.ndarray,
) -> np.ndarray:
    """What a match's share is computed from: (n, SLOTS, facts)."""
    order = np.tile(np.arange(1, LONGEST + 1), len(SOURCES))
    source = np.repeat(np.arange(len(SOURCES)), LONGEST)
    columns = [
        order / LONGEST,
        order == 1,
        order == 2,
        np.repeat(longest, LONGEST, axis=1) / LONGEST,
        longest.max(1, keepdims=True) / LONGEST,
        np.log1p(total) / 5,
        np.log(distinct) / 5,
        top_share,
        np.log(np.maximum(top, LEAST)) / 10,
        np.log(best)[:, None] / 2,
        top == best[:, None],
        *(source == number for number in range(len(SOURCES))),
    ]
    return np.stack(np.broadcast_arrays(*columns), -1)


def _token_facts(
    total: np.ndarray,
    shares: np.ndarray,
    model: np.ndarray,
    best: np.ndarray,
    longest: np.ndarray,
) -> np.ndarray:
    """What the correction of a token is computed from: (n, k, facts), by source of the longest
    match that it followed there."""
    order = _longest(shares > 0)
    slot = np.maximum(order - 1, 0) + LONGEST * np.arange(len(SOURCES))
    share = np.take_along_axis(shares, slot, 2)
    count = share * np.take_along_axis(total[:, None], slot, 2)
    by_source = [order / LONGEST, share, np.log1p(count) / 3, longest[:, None] / LONGEST]
    columns = [
        *(column[..., number] for column in by_source for number in range(len(SOURCES))),
        np.log(np.maximum(model, LEAST)) / 5,
        best[:, None],
    ]
    return np.stack(np.broadcast_arrays(*columns), -1)


Rows = dict[str, dict[str, Any]]


def main(arguments: list[str] | None = None) -> None:
    asked = parser_of(__doc__)
    asked.add_argument("--model", type=Path, required=True)
    asked.add_argument("--languages", nargs="+", default=["python", "c", "cpp", "java", "kotlin"])
    asked.add_argument("--bytes", type=int, default=100_000, help="to fit on, of each language")
    asked.add_argument("--local", type=int, default=60_000, help="to measure, of each language")
    options = asked.parse_args(arguments)
    begin(options)
    rows = compare(options)
    finish("mixing", rows, markdown(rows), options)


def compare(options: argparse.Namespace) -> Rows:
    """Bits per byte of test files with each way of mixing, means over the languages."""
    model = engine.load(options.model)
    validation, test = (options.data / "files" / name for name in ("validation", "test"))
    held_out = held_out_files(validation, options.bytes, options.languages)
    fitted_on = [_seen(model, texts, validation) for texts in held_out.values()]
    everything = Places.joined([part for one in fitted_on for part in one.values()])
    measured = {
        language: list(taken(texts, options.local))
        for language, texts in held_out_files(test, options.bytes, options.languages).items()
    }
    seen = {language: _seen(model, texts, test) for language, texts in measured.items()}
    rows = {"tables, one for each model": _tables(model, measured, test)}
    for name, hidden in (("networks that pull", (8, 0)), ("and that correct", (16, 16))):
        networks = fit(everything, *hidden)
        numbers = sum(parameter.numel() for parameter in networks.parameters())
        found = {c: [networks.total(one[c]) for one in seen.values()] for c in CONDITIONS}
        rows[name] = {"numbers": numbers} | _means(found, measured)
    return rows


def _seen(model: Model, texts: Sequence[SourceText], root: Path) -> dict[str, Places]:
    alone = model.for_language(texts[0].language)
    return {
        name: Places.joined([places(alone, text, beside) for text in texts])
        for name, beside in zip(CONDITIONS, (None, root), strict=True)
    }


def _tables(model: Model, measured: dict[str, list[SourceText]], root: Path) -> dict[str, Any]:
    """The same by the tables that are packaged."""
    found: dict[str, list[float]] = {name: [] for name in CONDITIONS}
    for language, texts in measured.items():
        one = model.for_language(language)
        assert one.tuning.mixer is not None
        shares = logits_of(one.tuning.mixer)
        for name in CONDITIONS:
            known = [project(one, t, root) if name == "project" else None for t in texts]
            parts = [observe(one, t.text, language, p) for t, p in zip(texts, known, strict=True)]
            found[name].append(float(joined(parts).surprise(shares).sum()))
    return {"numbers": len(shares)} | _means(found, measured)


def _means(bits: dict[str, list[float]], measured: dict[str, list[SourceText]]) -> dict[str, float]:
    sizes = [sum(text.bytes for text in texts) for texts in measured.values()]
    return {
        f"bits per byte, {name}": mean(b / size for b, size in zip(of, sizes, strict=True))
        for name, of in bits.items()
    }


if __name__ == "__main__":
    main()
