"""python -m engine: suggestions from the command line."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable

from codecomplete import __version__
from codecomplete.engine.errors import EngineError


def main(arguments: list[str] | None = None) -> int:
    parser = _parser()
    options = parser.parse_args(arguments)
    if options.command is None:
        parser.print_help()
        return 0
    try:
        run: Callable[[argparse.Namespace], int] = options.run
        return run(options)
    except EngineError as error:
        print(f"python -m engine {options.command}: {error}", file=sys.stderr)
        return 1
    except BrokenPipeError:  # the reader of our output has left
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m engine", description=__doc__)
    parser.add_argument("--version", action="version", version=f"codecomplete {__version__}")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND")
    complete = commands.add_parser("complete", help="suggest a continuation at a place in a file")
    complete.add_argument("place", metavar="FILE[:LINE[:COLUMN]]", help="lines and columns from 1")
    complete.add_argument("--json", action="store_true", help="print one JSON object")
    complete.add_argument(
        "--model",
        metavar="DIR",
        help="model directory (default: your own, or else the packaged one)",
    )
    complete.add_argument(
        "--threshold",
        type=float,
        default=0.0,
        metavar="SHARE",
        help="lowest confidence that is shown, 0 to 1 (default: 0, everything)",
    )
    complete.add_argument(
        "--typing", action="store_true", help="ignore the rest of the line, as if not yet typed"
    )
    complete.set_defaults(run=_complete)
    bench = commands.add_parser("bench", help="type files and measure what each key costs")
    bench.add_argument("files", nargs="+", metavar="FILE")
    bench.add_argument("--json", action="store_true", help="print one JSON object")
    bench.add_argument(
        "--model",
        metavar="DIR",
        help="model directory (default: your own, or else the packaged one)",
    )
    bench.add_argument(
        "--keys", type=int, default=2_000, help="most characters typed of each file (default: 2000)"
    )
    bench.add_argument(
        "--against",
        choices=("torch",),
        help="also type into plain PyTorch, to compare (needs the extra train)",
    )
    bench.set_defaults(run=_bench)
    return parser


def _bench(options: argparse.Namespace) -> int:
    import json

    from codecomplete.engine.command.bench import bench, table

    result = bench(options.files, options.model, options.keys, options.against is not None)
    print(json.dumps(result) if options.json else table(result))
    return 0


def _complete(options: argparse.Namespace) -> int:
    from codecomplete.engine.command.complete import complete

    return complete(options.place, options.model, options.json, options.threshold, options.typing)


if __name__ == "__main__":
    sys.exit(main())
