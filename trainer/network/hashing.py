"""Capacity without arithmetic: vectors for the last two and the last three tokens, looked up.

Pairs and triples of token ids are hashed to rows of two tables, whose vectors are added to the
input of each block, with one learned scale per block. The published forms are over-encoding (arXiv
2501.16975) and SCONE (arXiv 2502.01637). With tables of zeros, a model computes the same as without
them. Knows ids and vectors, not layers, and not how they are trained.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import torch
from torch import Tensor, nn

SPANS = (2, 3)  # tokens that are looked up together, with one table for each number
FACTOR = 1_000_003  # a prime that spreads neighbouring ids; tables are powers of two
START = 0  # the id before the first token of a row


class HashedTables(nn.Module):
    """``rows`` vectors of ``width`` per table, a power of two, for ``layers`` blocks."""

    def __init__(self, rows: int, width: int, layers: int) -> None:
        super().__init__()
        if rows < 1 or rows & (rows - 1):
            raise ValueError(f"hashed_rows is {rows}, expected a power of two")
        self.rows = rows
        self.tables = nn.ModuleList(nn.Embedding(rows, width) for _ in SPANS)
        self.scales = nn.Parameter(torch.ones(layers))
        for table in self.tables:
            nn.init.zeros_(table.get_parameter("weight"))

    def looked_up(self, ids: Tensor) -> Callable[[Tensor, int], Tensor]:
        """A function that adds the tables' vectors for ids (batch, time) to the input of a block.

        It takes a state (batch, time, width) and the number of the block.
        """
        rows = zip(self.tables, self.buckets(ids), strict=True)
        found = torch.stack([table(row) for table, row in rows]).sum(0)
        return lambda x, block: x + self.scales[block] * found

    def buckets(self, ids: Tensor) -> Iterator[Tensor]:
        """The row of each table that every place looks up; depends only on its last tokens."""
        padded = torch.nn.functional.pad(ids, (SPANS[-1] - 1, 0), value=START)
        for span in SPANS:
            mixed = torch.zeros_like(ids)
            for back in range(span):
                first = SPANS[-1] - 1 - back
                mixed = mixed * FACTOR + padded[:, first : first + ids.shape[1]] + 1
            yield (mixed ^ (mixed >> 17)) & (self.rows - 1)
