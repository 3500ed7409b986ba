"""Whether a source file is worth learning from: one pure function for each reason to drop it.

``drop_by_path`` needs only a path, ``drop_by_text`` the normalised text; both return the first
reason that applies, or None. Rules come from system A (Code-AutoComplete-LLM: line counts,
non-ASCII share, test files), system B (Tiny Transformer Code Completion: ASCII only, percentile
bounds, Python that ``ast`` parses) and from what was found in a measured corpus.

Knows nothing of packages, licences, secrets or duplicates.
"""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from codecomplete.engine.languages import PROSE, language_of

FEWEST_LINES, MOST_LINES = 3, 4000  # system A
MOST_NON_ASCII = 0.05
LONGEST_LINE = 5000
WEB_LONGEST_LINE, WEB_MEAN_LINE = 2000, 110  # minifiers write one line, people do not
MOST_DIGITS, MOST_HEX, MOST_BASE64 = 0.25, 0.30, 0.20
MOST_MARKUP = 0.6  # of a Markdown file's visible characters
GENERATED_WITHIN = 2000  # characters from the start

_WEB = frozenset({"javascript", "typescript", "php"})


@dataclass(frozen=True, slots=True)
class Candidate:
    """A text to be judged, with counts that several rules need."""

    path: str
    language: str
    text: str

    @property
    def lines(self) -> int:
        return self.text.count("\n") + (not self.text.endswith("\n"))

    @property
    def longest_line(self) -> int:
        return max(map(len, self.text.split("\n")))


# By path ---------------------------------------------------------------------------------------

_TEST_FOLDERS = frozenset(
    """
    test tests testdata testsuite testsuites testcases test-suite test-data unittest unittests
    unit_tests fixtures __tests__ __mocks__ __fixtures__ jvmtest androidtest commontest jstest
    nativetest integrationtest functionaltest
    """.split()
)
_TEST_NAME = re.compile(
    r"^test_|^tests?\.|_tests?\.|^conftest\.py$|\.(?:test|spec)\.|_spec\.|_unittest\."
    r"|(?:Test|Tests|TestCase|TestSuite|[a-z]IT)\.(?:java|kt|php)$|^Test[A-Z]\w*\.(?:java|kt|php)$"
)
_VENDOR_FOLDERS = frozenset(
    """
    vendor vendored _vendor _vendored third_party third-party thirdparty 3rdparty 3rd_party
    extern external externals node_modules bower_components bundled deps contrib_libs
    """.split()
)
_GENERATED_NAME = re.compile(
    r"\.min\.|[._-]bundle\.|\.d\.[mc]?ts$|_pb2(?:_grpc)?\.pyi?$|\.pb(?:\.gw|\.validate)?\.\w+$"
    r"|^zz_generated|_generated\.\w+$|\.generated\.\w+$|^moc_"
    r"|\.tab\.[ch]$|^lex\.yy|\.g\.kt$|^y\.tab|bindata\.go$",
    re.I,
)
_BUILD_FOLDERS = frozenset({"dist", "generated", "gen", "__generated__", "autogen", "_build"})


_RECORD_NAME = re.compile(
    r"(?:un)?licen[cs]es?|copying|copyright|notices?|patents|change-?s|change-?log|history|news"
    r"|releases|release-?notes|authors|contributors|maintainers|owners|credits|thanks|acknowledge?ments"
    r"|third-?party(?:-?(?:licen[cs]es?|notices?))?|code-of-conduct|pull-request-template"
    r"|issue-template|bug-report|feature-request"
)
_RECORD_FOLDERS = frozenset(
    """
    licenses licences changelog changelogs changes .changes .changeset changesets newsfragments
    releasenotes release-notes release_notes issue_template pull_request_template
    """.split()
)


def _folders(path: str) -> set[str]:
    return {part.lower() for part in PurePosixPath(path).parts[:-1]}


def is_test(path: str) -> bool:
    """Dedicated test files and folders: ``test_*.py``, ``*_test.py``, test class suites."""
    return bool(_TEST_NAME.search(PurePosixPath(path).name) or _folders(path) & _TEST_FOLDERS)


def is_vendored(path: str) -> bool:
    """Copies of other projects, which have their own licence and their own package."""
    return bool(_folders(path) & _VENDOR_FOLDERS)


def is_generated_name(path: str) -> bool:
    """Names of minified files, bundles, protocol buffer output and other files written by tools."""
    return bool(_GENERATED_NAME.search(PurePosixPath(path).name) or _folders(path) & _BUILD_FOLDERS)


def is_record(path: str) -> bool:
    """Markdown that explains nothing: licences, forms, lists of changes or of people."""
    if language_of(path) not in PROSE:
        return False
    stem = re.sub(r"[\W_]+", "-", PurePosixPath(path).name.lower().partition(".")[0])
    name = re.sub(r"-(?:v?\d+|[a-z]|mit|apache|bsd|isc)(?=-|$)", "", stem)
    return bool(_RECORD_NAME.fullmatch(name) or _folders(path) & _RECORD_FOLDERS)


PATH_RULES: dict[str, Callable[[str], bool]] = {
    "test": is_test,
    "vendored": is_vendored,
    "generated name": is_generated_name,
    "record, not prose": is_record,
}


def drop_by_path(path: str) -> str | None:
    """The first reason to drop a file that its path gives, or None."""
    return next((reason for reason, applies in PATH_RULES.items() if applies(path)), None)


# By text ---------------------------------------------------------------------------------------


def is_binary(candidate: Candidate) -> bool:
    """A NUL character: no source code, whatever the extension says."""
    return "\0" in candidate.text


def is_short(candidate: Candidate) -> bool:
    """Fewer than three lines that are not blank: nothing to complete."""
    return sum(1 for line in candidate.text.split("\n") if line.strip()) < FEWEST_LINES


def is_long(candidate: Candidate) -> bool:
    """More than 4,000 lines: mostly register tables and generated parsers."""
    return candidate.lines > MOST_LINES


def is_non_ascii_heavy(candidate: Candidate) -> bool:
    """More than 5 % of characters outside ASCII: translations and tables of characters."""
    if candidate.text.isascii():
        return False
    outside = sum(1 for character in candidate.text if character > "\x7f")
    return outside > MOST_NON_ASCII * len(candidate.text)


_SAYS_GENERATED = (
    r"[ \t*#/!:@-]*(?:"
    # Only at the start of a line and in capitals: within a sentence it means something else.
    r"(?-i:Generated|GENERATED|Code generated|(?:Auto|AUTO|Automatically |AUTOMATICALLY |Machine)"
    r"[- ]?(?i:generated))\b"
    r"|[^\n]{0,60}?\b(?:file|module|code|header|source|class|script|list|table|parser)s?"
    r" (?:is|was|are|were|has been) (?:auto(?:matically)?[- ]?|machine[- ]|code )?generated\b"
    r"|[^\n]{0,120}?(?:@generated\b|do not edit\b|do not modify this file"
    r"|edits? will be (?:lost|over)"
    r"|a bison parser|scanner generated by))"
)
_COMMENT_BEGINS = r"#|//|/\*|\*|\"\"\"|'''|<!--|--(?:\[=*\[)?"
_GENERATED = re.compile(rf"^[ \t]*(?:{_COMMENT_BEGINS}){_SAYS_GENERATED}", re.I | re.M)
_GENERATED_MARKDOWN = re.compile(rf"^[ \t]*<!--{_SAYS_GENERATED}", re.I | re.M)  # "#": a heading
_STUB = re.compile(r"todo[: ]+auto-generated|generated (?:method|constructor|catch) ", re.I)


def is_generated_text(candidate: Candidate) -> bool:
    """Whether a comment near the start says that a tool wrote the file.

    Only comments count. "Do not change" does not count: usually it protects an interface.
    """
    shape = _GENERATED_MARKDOWN if candidate.language in PROSE else _GENERATED
    match = shape.search(candidate.text, 0, GENERATED_WITHIN)
    return match is not None and not _STUB.search(match.string[match.start() : match.end() + 20])


def is_minified(candidate: Candidate) -> bool:
    """Lines longer than a person would write."""
    longest = candidate.longest_line
    if candidate.language not in _WEB:
        return longest > LONGEST_LINE
    mean = len(candidate.text) / max(1, candidate.lines)
    return longest > WEB_LONGEST_LINE or mean > WEB_MEAN_LINE


_BASE64 = re.compile(r"[A-Za-z0-9+/]{100,}={0,2}")


def is_base64(candidate: Candidate) -> bool:
    """More than 20 % of the text is in unbroken runs of 100 or more base64 characters."""
    found = sum(match.end() - match.start() for match in _BASE64.finditer(candidate.text))
    return found > MOST_BASE64 * len(candidate.text)


_HEX = re.compile(r"\b0[xX][0-9a-fA-F]+")
_DIGITS = re.compile(r"[0-9]+")


def is_number_table(candidate: Candidate) -> bool:
    """More than 25 % digits or 30 % hexadecimal literals: data, not code."""
    text = candidate.text
    digits = sum(match.end() - match.start() for match in _DIGITS.finditer(text))
    if digits > MOST_DIGITS * len(text):
        return True
    literals = sum(match.end() - match.start() for match in _HEX.finditer(text))
    return literals > MOST_HEX * len(text)


def is_repetitive(candidate: Candidate) -> bool:
    """Of 40 or more lines, more than 80 % repeat another: tables, stubs, boilerplate."""
    lines = [line.strip() for line in candidate.text.split("\n")]
    lines = [line for line in lines if len(line) > 3]
    return len(lines) >= 40 and len(set(lines)) < 0.2 * len(lines)


_MARKUP = tuple(
    re.compile(shape, re.M)
    for shape in (
        r"!?\[[^\[\]\n]*\](?:\([^()\n]*\)|\[[^\[\]\n]*\])",  # images, links
        r"\[[^\[\]\n]*\](?:\([^()\n]*\)|:[ \t]\S.*)",  # badges, once their images are gone
        r"^[ \t]*\|.*$",  # rows of tables
        r"<[A-Za-z/!][^<>\n]*>",
        r"https?://\S+",
    )
)


def is_markup(candidate: Candidate) -> bool:
    """Markdown that consists of links, badges, tables and tags by more than 60 %."""
    if candidate.language not in PROSE:
        return False
    text = candidate.text
    for shape in _MARKUP:
        text = shape.sub("", text)
    return _visible(text) < (1 - MOST_MARKUP) * _visible(candidate.text)


def _visible(text: str) -> int:
    return len(text) - sum(map(str.isspace, text))


_TYPE_PARAMETERS = re.compile(
    r"^([ \t]*(?:async[ ]+def|def|class)[ ]+\w+)\[(?:[^\[\]]|\[[^\[\]]*\])*\]", re.M
)
_TYPE_STATEMENT = re.compile(r"^([ \t]*)type[ ]+(\w+)(?:\[[^=\n]*\])?([ \t]*=[^=])", re.M)


def is_unparsable(candidate: Candidate) -> bool:
    """Python that no supported grammar accepts (system B): Python 2, templates, broken files.

    What the running interpreter's ``ast`` rejects is parsed again by parso with its grammar of
    Python 3.13, without type parameters, so that good code with newer syntax is kept.
    """
    if candidate.language != "python":
        return False
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # invalid escapes in other people's strings
        try:
            ast.parse(candidate.text)
        except (SyntaxError, ValueError):
            return not _parses_as_new_python(candidate.text)
        except (RecursionError, MemoryError):
            return True
    return False


def _parses_as_new_python(text: str) -> bool:
    from parso import grammar, parser

    older = _TYPE_STATEMENT.sub(r"\1\2\3", _TYPE_PARAMETERS.sub(r"\1", text))
    try:
        grammar.load_grammar(version="3.13").parse(older, error_recovery=False, cache=False)
    except (parser.ParserSyntaxError, RecursionError):
        return False
    return True


TEXT_RULES: dict[str, Callable[[Candidate], bool]] = {
    "binary": is_binary,
    "too short": is_short,
    "too long": is_long,
    "non-ascii": is_non_ascii_heavy,
    "generated text": is_generated_text,
    "minified": is_minified,
    "base64": is_base64,
    "number table": is_number_table,
    "repetitive": is_repetitive,
    "links or tables": is_markup,
    "python does not parse": is_unparsable,
}


def drop_by_text(candidate: Candidate) -> str | None:
    """The first reason to drop a file that its text gives, or None."""
    return next((reason for reason, applies in TEXT_RULES.items() if applies(candidate)), None)


# System B's character corpus -------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Measure:
    """Figures of a text that the rules of systems B and D use."""

    size: int  # characters
    longest_line: int  # characters
    is_ascii: bool
    alphanumeric: float  # share of the characters that are letters or digits


def measure(text: str) -> Measure:
    """Measure a text for the rules of systems B and D."""
    alphanumeric = sum(map(str.isalnum, text)) / max(1, len(text))
    return Measure(len(text), max(map(len, text.split("\n"))), text.isascii(), alphanumeric)


@dataclass(frozen=True, slots=True)
class Limits:
    """System D's bounds, which a profile may set: characters and the alphanumeric share."""

    fewest_characters: int = 0
    most_characters: int | None = None
    least_alphanumeric: float = 0.0


def drop_by_limits(measure: Measure, limits: Limits) -> str | None:
    """System D's further reasons: too few or too many characters, too few letters and digits."""
    if measure.size < limits.fewest_characters:
        return "too few characters"
    if limits.most_characters is not None and measure.size > limits.most_characters:
        return "too many characters"
    return "few letters and digits" if measure.alphanumeric < limits.least_alphanumeric else None


@dataclass(frozen=True, slots=True)
class Bounds:
    """Inclusive bounds on a text's size and on its longest line, both in characters."""

    size: tuple[int, int]
    longest_line: tuple[int, int]


def percentile_bounds(measures: Sequence[Measure]) -> Bounds:
    """System B's bounds: the 1st and 95th percentiles of size and of longest line."""
    sizes = _percentiles(measure.size for measure in measures)
    return Bounds(sizes, _percentiles(measure.longest_line for measure in measures))


def _percentiles(values: Iterable[int]) -> tuple[int, int]:
    ordered = sorted(values)
    return ordered[(len(ordered) - 1) // 100], ordered[(len(ordered) - 1) * 95 // 100]


def drop_for_characters(measure: Measure, bounds: Bounds) -> str | None:
    """System B's further reasons: any character outside ASCII, or beyond the bounds."""
    if not measure.is_ascii:
        return "not ascii"
    if not bounds.size[0] <= measure.size <= bounds.size[1]:
        return "size beyond percentiles"
    low, high = bounds.longest_line
    return None if low <= measure.longest_line <= high else "longest line beyond percentiles"
