"""How the window rolls: integers only.

A window is a run of *entries* in the key/value buffer, oldest first, one per token. Two policies
exist, and each has its own oracle (``docs/window.md``):

*sliding*  for rotary models trained with a sliding mask. An entry stays valid forever, so a roll
           moves the newest entries to the front and recomputes nothing.
*block*    for learned positions and full attention. A roll moves the window's start forward by
           half a window and runs the kept half again at its new positions.

Knows no tokens, arrays or text.
"""

from __future__ import annotations

from dataclasses import dataclass

from ..modeldir.config import SLIDING, ModelConfig


@dataclass(frozen=True, slots=True)
class Roll:
    """Make room: ``drop`` oldest entries leave, ``replay`` of those that stay must be run again."""

    drop: int
    replay: int


def roll(config: ModelConfig, length: int, room: int) -> Roll:
    """The roll that a buffer of ``length`` entries needs before ``room`` more fit; often none."""
    if length + room <= config.capacity:
        return Roll(0, 0)
    if room > largest_room(config):
        raise ValueError(f"room for {room} entries asked, at most {largest_room(config)} are given")
    if config.policy == SLIDING:
        return Roll(drop=length - (config.capacity - largest_room(config)), replay=0)
    drop = config.window // 2
    while length - drop + room > config.capacity:
        drop += config.window // 2
    drop = min(drop, length)
    return Roll(drop=drop, replay=length - drop)


def largest_room(config: ModelConfig) -> int:
    """Most entries that can be asked for at once."""
    return config.window if config.policy == SLIDING else config.window // 2


def can_cut(config: ModelConfig, origin: int, keep: int) -> bool:
    """Whether the newest entries may be cut off so that ``keep`` remain.

    ``origin`` counts the entries that have left the buffer since the session's start point. After
    a sliding window the last entry that stays still needs the window - 1 entries before it: where
    its logits were forgotten, it is run again.
    """
    return config.policy != SLIDING or origin == 0 or keep >= config.window


def start_length(config: ModelConfig) -> int:
    """Most entries of a fresh start, such as after a jump of the caret."""
    return 2 * config.window if config.policy == SLIDING else config.window // 2
