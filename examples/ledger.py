"""Adds up a plain-text ledger: one posting a line, as DATE ACCOUNT AMOUNT.

python examples/ledger.py postings.txt
"""

import sys
from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path


@dataclass(frozen=True)
class Posting:
    """One movement of money."""

    day: date
    account: str
    amount: Decimal


class LedgerError(ValueError):
    """A line of the ledger cannot be read."""


def parse_posting(line, number):
    """Read one line; raise LedgerError with the line's number if it is malformed."""
    fields = line.split()
    if len(fields) != 3:
        raise LedgerError(f"line {number}: expected DATE ACCOUNT AMOUNT, found {line!r}")
    try:
        return Posting(date.fromisoformat(fields[0]), fields[1], Decimal(fields[2]))
    except (ValueError, InvalidOperation) as error:
        raise LedgerError(f"line {number}: {error}") from error


def read_postings(path):
    """Yield the postings of a file; blank lines and comments are skipped."""
    with path.open(encoding="utf-8") as lines:
        for number, line in enumerate(lines, start=1):
            line = line.partition("#")[0].strip()
            if line:
                yield parse_posting(line, number)


def balances(postings):
    """The sum of each account, by name."""
    totals = defaultdict(Decimal)
    for posting in postings:
        totals[posting.account] += posting.amount
    return dict(sorted(totals.items()))


def print_balances(totals):
    """Print one aligned line for each account."""
    width = max(map(len, totals), default=0)
    for account, total in totals.items():
        print(f"{account:<{width}} {total:>12.2f}")


def main(arguments):
    if len(arguments) != 1:
        print("usage: ledger.py FILE", file=sys.stderr)
        return 2
    try:
        print_balances(balances(read_postings(Path(arguments[0]))))
    except (OSError, LedgerError) as error:
        print(f"ledger.py: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
