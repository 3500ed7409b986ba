"""The command line of the corpus.

Parses arguments, calls functions, and prints; Python code can do all of that too.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from codecomplete import __version__
from codecomplete.corpus.errors import CorpusError, OutputError, ProfileError
from codecomplete.corpus.outputs import require_file
from codecomplete.corpus.packages import DEFAULT_LIST, Package, own_folders, read_packages
from codecomplete.corpus.profiles import (
    DEFAULT_PROFILES,
    RECIPES,
    Profile,
    read_profile,
    read_profiles,
)
from codecomplete.engine.languages import LANGUAGES

DESCRIPTION = """\
Named public packages in, licence-tracked token shards out.

Start with `python -m corpus build --profile small --work work --out shards`: some megabytes of
Python, C and Java, fetched from the registries, filtered and tokenised in minutes.
"""


def main(arguments: list[str] | None = None) -> int:
    """Run one command; returns the exit status."""
    parser = _parser()
    options = parser.parse_args(arguments)
    if options.command is None:
        parser.print_help()
        return 0
    try:
        options.run(options)
    except CorpusError as error:
        print(f"corpus: {error}", file=sys.stderr)
        return 1
    except OSError as error:  # such as a full disk or a removed folder: no fault of the code
        place = f" ({error.filename})" if error.filename else ""
        print(
            f"corpus: {error.strerror or error}{place}; finished packages are kept: free some "
            "space, or remove the cause, and run the same command again",
            file=sys.stderr,
        )
        return 1
    except KeyboardInterrupt:
        print("\ncorpus: stopped; run the same command again to continue", file=sys.stderr)
        return 130
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m corpus",
        description=DESCRIPTION,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"codecomplete {__version__}")
    commands = parser.add_subparsers(dest="command", title="commands")
    _add_build(_command(commands, "build", "fetch, filter and tokenise packages", _build))
    listing = _command(commands, "list", "show packages, licences and splits", _list)
    _add_choice(listing)
    packer = _command(commands, "pack", "pack shards into xz parts for transfer", _pack)
    packer.add_argument("shards", type=Path)
    packer.add_argument("packed", type=Path)
    packer.add_argument(
        "--part-size", type=_megabytes, default=64_000_000, metavar="MB", help="default: 64"
    )
    packer.add_argument("--no-files", action="store_true", help="leave out the held-out texts")
    unpacker = _command(commands, "unpack", "unpack and verify packed shards", _unpack)
    unpacker.add_argument("packed", type=Path)
    unpacker.add_argument("shards", type=Path)
    _add_recode(_command(commands, "recode", "write shards in another vocabulary", _recode))
    pairs = _command(
        commands, "pairs", "extract requests and answers from shards, for tuning", _pairs
    )
    pairs.add_argument("shards", type=Path, help="in a vocabulary that loses no text")
    pairs.add_argument("out", type=Path)
    thinner = _command(commands, "thin", "remove repeated passages from the training text", _thin)
    thinner.add_argument("shards", type=Path)
    thinner.add_argument("out", type=Path)
    thinner.add_argument(
        "--length",
        type=_count,
        default=100,
        help="length of the shortest passage, in tokens; default: 100",
    )
    checks = _command(commands, "overlap", "look for held-out texts among training texts", _overlap)
    checks.add_argument("shards", type=Path)
    bench = _command(
        commands, "bench", "time the stages: in a plain loop, with workers, with datatrove", _bench
    )
    _add_choice(bench)
    bench.add_argument("--work", type=Path, required=True, help="a work folder with archives")
    bench.add_argument("--workers", type=_count, default=2, help="default: 2")
    report = _command(commands, "report", "show the contents of a finished build", _report)
    report.add_argument("shards", type=Path)
    report.add_argument("--plot", type=Path, help="also plot bytes by language and reason (PNG)")
    report.add_argument("--document", type=Path, help="also write the figures into this page")
    return parser


def _command(
    commands: argparse._SubParsersAction[argparse.ArgumentParser],
    name: str,
    about: str,
    run: Callable[[argparse.Namespace], None],
) -> argparse.ArgumentParser:
    command = commands.add_parser(name, help=about, description=about)
    command.set_defaults(run=run)
    return command


def _add_build(build: argparse.ArgumentParser) -> None:
    _add_choice(build)
    build.add_argument("--work", type=Path, required=True, help="archives and unfinished work")
    build.add_argument("--out", type=Path, required=True, help="where the shards go")
    build.add_argument(
        "--tokenizer",
        type=Path,
        metavar="FILE",
        help="keep this vocabulary, so that a model can be trained further on other packages",
    )
    build.add_argument("--workers", type=_count, default=1, help="cores to use; default: 1")
    build.add_argument(
        "--cluster",
        choices=("local", "slurm", "ray"),
        help="run the stages through datatrove, here or on a cluster",
    )


def _add_recode(command: argparse.ArgumentParser) -> None:
    command.add_argument("shards", type=Path, help="in a vocabulary that loses no text")
    command.add_argument("out", type=Path)
    command.add_argument("--tokenizer", type=Path, metavar="FILE", help="the new vocabulary")
    command.add_argument(
        "--recipe", choices=RECIPES, default=RECIPES[0], help="recipe for learning a new vocabulary"
    )
    command.add_argument(
        "--vocabulary", type=_count, default=8192, help="size of the new vocabulary; default: 8192"
    )
    command.add_argument("--workers", type=_count, default=1, help="cores to use; default: 1")


def _add_choice(command: argparse.ArgumentParser) -> None:
    names = ", ".join(read_profiles())
    command.add_argument("--profile", default="small", help=f"one of {names}; default: small")
    command.add_argument("--languages", help="only these languages of the mix, such as python,c")
    command.add_argument(
        "--packages", type=Path, default=DEFAULT_LIST, help="another list of packages (JSON lines)"
    )
    command.add_argument(
        "--profiles", type=Path, default=DEFAULT_PROFILES, help="another file of profiles (TOML)"
    )
    command.add_argument(
        "--folder",
        type=Path,
        action="append",
        default=[],
        metavar="DIRECTORY",
        help="also learn from your own code there; may be given several times",
    )


def _count(text: str) -> int:
    if not text.isdigit() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r}; expected a whole number of at least 1")
    return int(text)


def _megabytes(text: str) -> int:
    try:
        size = int(float(text) * 1e6)
    except ValueError:
        size = 0
    if size < 1:
        raise argparse.ArgumentTypeError(f"{text!r}; expected megabytes above 0")
    return size


def _profile(options: argparse.Namespace) -> Profile:
    profile = read_profile(options.profile, options.profiles)
    if options.languages is None:
        return profile
    chosen = options.languages.split(",")
    if unknown := [name for name in chosen if name not in profile.mix]:
        raise ProfileError(
            f"--languages: {unknown[0]!r} is not in the mix of profile {profile.name!r}; "
            f"it has {', '.join(profile.mix)}"
        )
    mix = {name: amount for name, amount in profile.mix.items() if name in chosen}
    return replace(profile, name=f"{profile.name}-{'-'.join(mix)}", mix=mix)


def _packages(options: argparse.Namespace) -> list[Package]:
    listed = read_packages(options.packages)
    return [*listed, *own_folders(options.folder, listed)]


def _build(options: argparse.Namespace) -> None:
    from codecomplete.corpus.build import stages
    from codecomplete.corpus.reports import summary
    from codecomplete.corpus.stages import Work

    profile = replace(_profile(options), tokenizer=options.tokenizer)
    work = Work(options.work.resolve(), profile.name)
    planned = stages(profile, _packages(options), work, options.out.resolve())
    if options.cluster:
        from codecomplete.corpus.cluster import run_on_cluster

        run_on_cluster(planned, options.cluster, options.workers, work.folder / "logs")
        if options.cluster == "slurm":
            print(f"submitted; the shards will be in {options.out}")
            return
    else:
        from codecomplete.corpus.runners import run

        run(planned, options.workers)
    print(summary(options.out))


def _list(options: argparse.Namespace) -> None:
    profile = _profile(options)
    chosen = sorted(
        profile.select(_packages(options)),
        key=lambda package: (package.split, package.name.lower()),
    )
    for package in chosen:
        languages = ",".join(name for name in LANGUAGES if name in package.languages)
        print(
            f"{package.split:<11}{package.name:<34}{package.version:<34}"
            f"{package.licence:<26}{package.size / 1e6:>7.1f} MB  {languages}"
        )
    size = sum(package.size for package in chosen) / 1e6
    print(f"{len(chosen)} packages, {size:,.1f} MB to download: {profile.about}")


def _pack(options: argparse.Namespace) -> None:
    from codecomplete.corpus.packing import pack

    parts = pack(options.shards, options.packed, options.part_size, not options.no_files)
    size = sum(part.stat().st_size for part in parts) / 1e6
    print(f"{len(parts)} parts, {size:,.1f} MB: {options.packed}")


def _unpack(options: argparse.Namespace) -> None:
    from codecomplete.corpus.packing import unpack

    unpack(options.packed, options.shards)
    print(f"unpacked and verified: {options.shards}")


def _recode(options: argparse.Namespace) -> None:
    from codecomplete.corpus.recode import Vocabulary, recode

    wanted = Vocabulary(options.recipe, options.vocabulary, options.tokenizer)
    shards = recode(options.shards, options.out, wanted, options.workers)
    tokens = shards.description["splits"]["train"]["tokens"]
    print(f"{tokens:,} tokens to train on, vocabulary {shards.vocabulary_size:,}: {options.out}")


def _pairs(options: argparse.Namespace) -> None:
    from codecomplete.corpus.pairsets import write_pairs

    for split, facts in write_pairs(options.shards, options.out)["splits"].items():
        kinds = ", ".join(f"{kind} {count:,}" for kind, count in sorted(facts["kinds"].items()))
        print(f"{split:<11}{facts['kept']:>8,} of {facts['found']:>8,}  {kinds}")


def _thin(options: argparse.Namespace) -> None:
    from codecomplete.corpus.substrings import thin

    found = thin(options.shards, options.out, options.length)
    print(
        f"{found['cut']:,} of {found['ids']:,} tokens removed ({found['cut'] / found['ids']:.2%}), "
        f"{found['documents']:,} documents left: {options.out}"
    )


def _overlap(options: argparse.Namespace) -> None:
    from codecomplete.corpus.measure import overlap, record

    found = [overlap(options.shards, split) for split in ("test", "validation")]
    record(options.shards, "overlap", found)
    for one in found:
        print(
            f"{one['held_out']}: {one['documents']:,} documents, {one['exact']} exact copies in "
            f"train, {one['near']} near ones ({one['near_share']:.2%})"
        )


def _bench(options: argparse.Namespace) -> None:
    from codecomplete.corpus.measure import throughput
    from codecomplete.corpus.stages import Work

    profile = _profile(options)
    work = Work(options.work.resolve(), profile.name)
    result = throughput(profile, _packages(options), work, options.workers)
    for name, row in result["ways"].items():
        print(
            f"{name:<24}{row['seconds']:>8.1f} s{row['MB_per_s']:>8.2f} MB/s"
            f"{row['cpu_seconds']:>8.1f} processor s"
        )
    print(f"{result['MB']} MB of source files read; same shards: {result['same_shards']}")


def _report(options: argparse.Namespace) -> None:
    from codecomplete.corpus.reports import plot, summary, write_figures
    from codecomplete.corpus.shards import open_shards

    open_shards(options.shards)
    if options.plot:
        if options.plot.suffix.lower() != ".png":
            raise OutputError(f"{options.plot}: expected a name that ends in .png")
        require_file(options.plot, b"\x89PNG")
    print(summary(options.shards))
    if options.plot:
        plot(options.shards, options.plot)
    if options.document:
        write_figures(options.shards, options.document)


if __name__ == "__main__":
    sys.exit(main())
