"""Every token is in one group, and the groups' bits are all there are."""

from __future__ import annotations

import pytest

from codecomplete import engine
from codecomplete.trainer.personal.figures import ALONE, Held, Measuring
from codecomplete.trainer.personal.workplace import Workplace
from codecomplete.trainer.studies import remembered

from ..personal.conftest import base, mine  # noqa: F401


def test_the_groups_share_all_tokens_and_all_bits(mine, base, tmp_path):  # noqa: F811
    place = Workplace(tmp_path / "work")
    sides = place.snapshot([mine]).sides
    measuring = Measuring(Held(place.files, sides.stopping, sides.learned, 3_000))
    model = engine.load(base)
    rows = remembered.table(measuring, [model])
    assert [name.partition(",")[0] for name in rows] == ["says", "knows", "new"]
    assert sum(row["% of tokens"] for row in rows.values()) == pytest.approx(100, abs=0.2)
    bits = sum(row["bits per byte, alone"] for row in rows.values())
    assert bits == pytest.approx(measuring.bits(model).bits[ALONE], abs=0.01)
    assert all(row["% of tokens"] > 0 for row in rows.values())
