"""python -m codecomplete.trainer.studies.hashing: what tables of pairs and triples are worth.

A trained model continues twice with the same rows at the same falling rate: as it is, and with
hashed tables (``network/hashing.py``; they begin at zero, so both arms begin as the same function).
Measures the loss on the same held-out rows, before and after, and the cost of a step. Called again,
it keeps what is finished. The engine does not support such tables: this decides whether it should.
"""

from __future__ import annotations

from codecomplete.engine.modeldir.names import TOKENIZER

from ..evaluation.report import markdown
from ..runs import starting
from .common import begin, finish
from .continued import measured, parser

SIZE = "MB of tables at 4 bits"


def main(arguments: list[str] | None = None) -> None:
    asked = parser(__doc__)
    asked.add_argument("--rows", type=int, default=2**16, help="of each of the two tables")
    options = asked.parse_args(arguments)
    begin(options)
    with_tables = f"two tables of {options.rows:,} rows"
    width = starting.read(options.start, options.data / TOKENIZER).config.n_embd
    size = 2 * options.rows * width * 0.5 / 1e6  # half a byte for each weight
    rows = {
        "as it is": measured("as-it-is", {}, options) | {SIZE: 0.0},
        with_tables: measured(f"tables-{options.rows}", {"hashed_rows": options.rows}, options)
        | {SIZE: round(size, 1)},
    }
    finish("hashing", rows, markdown(rows), options)


if __name__ == "__main__":
    main()
