"""What to suggest at a prompt: the model's text as far as it is true, or the likeliest true name.

Knows places, offers and how probable the model finds them; no prompt library.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from codecomplete.engine import Suggestion

from ..shared.chooser import Rank
from .gate import THRESHOLD, Proposal, confidence, needed
from .inferring import Scope, scope_of
from .offers import Offer, Offers, offers_at
from .places import Kind, Place, place_of
from .reading import Code
from .truth import imports_nothing, is_false_import, names_the_deleted, true_part

SESSION = "session"  # the origin of suggestions from the live session
MOST_RANKED = 400
NEAR = 300  # characters before the caret that count as near
MOST_OTHERS = 6
SHORTEST = 2  # characters: taking fewer saves no key

_ALWAYS = (Kind.ATTRIBUTE, Kind.KEY, Kind.TEXT_ARGUMENT, Kind.MEMBER)


@dataclass(frozen=True)
class Question:
    """The cell being typed, what was entered before it, and the names in scope."""

    cell: str
    earlier: str
    namespace: Mapping[str, Any]


def proposals(asked: Question, found: Suggestion | None, rank: Rank) -> list[Proposal]:
    """All texts that might be shown at the end of a cell, in no order."""
    code = Code(asked.cell)
    place, scope = place_of(code), scope_of(code, asked.namespace)
    own = _of_model(asked, place, found, scope)
    offers = offers_at(place, scope)
    named = [
        one
        for one in _of_session(place, offers, rank)
        if not imports_nothing(_line(asked.cell) + one.text, asked.namespace)
    ]
    return [_with_past(one, asked, scope) for one in _joined(own, named)]


def _with_past(proposal: Proposal, asked: Question, scope: Scope) -> Proposal:
    """A proposal with what earlier input says of its line and its name."""
    line = _line(asked.cell) + proposal.text
    word = re.search(r"\w*\Z", asked.cell[-100:] + proposal.first)
    name = word.group() if word else ""
    said = f"\n{asked.earlier}{asked.cell}"
    mention = re.compile(rf"(?<!\w){re.escape(name)}(?!\w)") if name else None
    assigned = re.match(r"\s*([^\W\d]\w*)\s*=(?!=)", line)
    return replace(
        proposal,
        is_again=f"\n{line}\n" in said,
        reassigns=bool(assigned and scope.thing(assigned[1]) is not None),
        is_mentioned=bool(mention and mention.search(said)),
        is_near=bool(mention and mention.search(said[-NEAR:])),
    )


def _of_model(
    asked: Question, place: Place, found: Suggestion | None, scope: Scope
) -> Proposal | None:
    """The model's own text, as far as it is true."""
    cell = asked.cell
    if found is None or is_false_import(cell, found.text):
        return None
    if names_the_deleted(cell, found.text, asked.namespace, asked.earlier):
        return None
    text = found.text
    if place.kind is not Kind.PROSE:
        text = true_part(cell, text, scope.namespace)
    elif cell[-1:].isdigit() and text[:1].isalnum():
        return None  # how a number goes on cannot be known
    if not text.strip() or imports_nothing(_line(cell) + text, scope.namespace):
        return None
    new = _begins_anew(cell, place, text, scope)
    return Proposal(text, place, confidence=found.confidence, is_new=new)


def _line(cell: str) -> str:
    return cell.rpartition("\n")[2]


def _begins_anew(cell: str, place: Place, text: str, scope: Scope) -> bool:
    """Whether the text completes a name that the session does not have."""
    word = re.match(r"\w*", text)
    name = place.typed + (word.group() if word else "")
    if place.kind is Kind.BINDING:
        return True
    return place.kind is Kind.NAME and name.isidentifier() and scope.thing(name) is None


def _of_session(place: Place, offers: Offers, rank: Rank) -> list[Proposal]:
    """The likeliest names in the session, best first."""
    fitting = offers.fitting[:MOST_RANKED]
    if not fitting or not _is_asked(place):
        return []
    by_name = {offer.name: offer for offer in reversed(fitting)}
    ranked = rank(list(by_name), offers.typed)
    whole = sum(one.probability for one in ranked) or 1.0
    return [
        Proposal(
            _text(place, offers, by_name[one.name]),
            place,
            source=by_name[one.name].source,
            probability=one.probability,
            share=one.probability / whole,
            count=len(ranked),
            is_all=offers.is_all,
        )
        for one in ranked
    ]


def _is_asked(place: Place) -> bool:
    """Whether the session's names are considered: before the first letter there are too many,
    except for those that belong to something."""
    return place.kind in _ALWAYS or bool(place.typed) or (place.is_argument and bool(place.of))


def _text(place: Place, offers: Offers, offer: Offer) -> str:
    return offer.name[len(offers.typed) :] + offer.end


def _joined(own: Proposal | None, named: list[Proposal]) -> list[Proposal]:
    """Both kinds of proposals; if they agree on the name, the model's text continues it."""
    if own is None:
        return named
    same = next((one for one in named if _agree(own.text, one.text)), None)
    if same is None:
        return [own, *named]
    both = replace(
        same,
        text=_longer(own.text, same.text),
        confidence=own.confidence,
    )
    return [both, *(one for one in named if one is not same)]


def _agree(text: str, name: str) -> bool:
    """Whether a text begins with an offered name, whatever follows."""
    word = re.match(r"\"?'?\w*", name)
    letters = word.group() if word else name
    if not letters or not text.startswith(letters):
        return False
    following = text[len(letters) : len(letters) + 1]
    return not (letters[-1:].isalnum() or letters[-1:] == "_") or not (
        following.isalnum() or following == "_"
    )


def _longer(text: str, name: str) -> str:
    """The model's text, or the offered one if that continues it."""
    return name if name.startswith(text) else text


def choose(
    asked: Question, found: Suggestion | None, rank: Rank, threshold: float | None = None
) -> Suggestion | None:
    """The proposal to show at the end of a cell, if one is worth it."""
    least = THRESHOLD if threshold is None else threshold
    for likely, best in _best_first(asked, found, rank):
        if least <= 0 or (len(best.text.strip()) >= SHORTEST and likely >= _needed(best, least)):
            return _suggestion(best, likely)
        return None
    return None


def others(asked: Question, found: Sequence[Suggestion], rank: Rank) -> list[Suggestion]:
    """Alternatives for the end of a cell: true parts of the model's texts, and true names."""
    own = [
        one
        for suggestion in found
        for one in _best_first(asked, suggestion, lambda names, typed: [])
    ]
    ranked = [*own, *_best_first(asked, None, rank)]
    best = [_suggestion(one, likely) for likely, one in sorted(ranked, key=lambda pair: -pair[0])]
    return [one for one in best if len(one.text.strip()) >= SHORTEST][:MOST_OTHERS]


def _best_first(
    asked: Question, found: Suggestion | None, rank: Rank
) -> list[tuple[float, Proposal]]:
    weighed = [(confidence(one), one) for one in proposals(asked, found, rank)]
    return sorted(weighed, key=lambda pair: -pair[0])


def _needed(proposal: Proposal, least: float) -> float:
    return needed(least, len(proposal.first.strip()) - 1)


def _suggestion(proposal: Proposal, likely: float) -> Suggestion:
    origin = "model" if proposal.is_models else SESSION
    return Suggestion(proposal.text, likely, origin)
