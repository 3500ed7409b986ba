"""``python -m corpus``: named public packages in, licence-tracked token shards out."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from .build import Settings, build
from .errors import CorpusError
from .packages import read_packages
from .profiles import read_profile
from .stages import Work


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m corpus", description=__doc__)
    commands = parser.add_subparsers(dest="command")
    make = commands.add_parser("build")
    make.add_argument("--profile", default="small")
    make.add_argument("--work", type=Path, required=True)
    make.add_argument("--out", type=Path, required=True)
    make.add_argument("--workers", type=int, default=1)
    options = parser.parse_args(arguments)
    if options.command is None:
        parser.print_help()
        return 0
    try:
        build(
            read_profile(options.profile),
            read_packages(),
            Settings(Work(options.work), options.out, options.workers),
        )
    except CorpusError as error:
        print(f"corpus: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
