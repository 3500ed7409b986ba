"""Finds what must be neither remembered, nor shown to the model, nor suggested.

Keys, tokens and passwords are recognised by their own shape (``shapes.py``), by the name that they
are assigned to, or by the call, header, address or command that contains them (``values.py`` tells
them from examples); private keys, by their blocks. Lines are searched one at a time, and a line
without a hint of a secret is skipped early, so the cost of a keystroke does not depend on the
length of the file.

Takes text and returns spans. Used in training and in serving, above all by ``masks.py``.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from urllib.parse import unquote

from ..patterns import pattern
from . import shapes
from .values import (
    MEDIUM,
    STRONG,
    WEAK,
    entropy,
    is_in_letters,
    is_key,
    is_mixed,
    is_placeholder,
    is_random,
    is_secret,
    may_become,
)

Span = tuple[int, int]

LONGEST_LINE = 2_000
"""Longer lines are searched in pieces, which overlap by the length of a key."""
PIECE = LONGEST_LINE - 400
LONGEST_BLOCK = 12_000
"""Most characters of a private key in a block; a longer block is not a key."""

_HEADS = (
    ("-----BEGIN", pattern(r"-----BEGIN[ A-Z0-9]*PRIVATE KEY(?: BLOCK)?-----"),
     "-----END", pattern(r"-----END[ A-Z0-9]*PRIVATE KEY(?: BLOCK)?-----")),
    ("PuTTY-User", pattern(r"PuTTY-User-Key-File-\d"),
     "Private-MAC", pattern(r"Private-MAC: *\w+")),
)  # fmt: skip
_LINE_END = pattern(r"\n|\\n")
_MATERIAL = {True: pattern(r"[A-Za-z0-9+/=]{6,}"), False: pattern(r"[A-Za-z0-9+/=]{16,}")}
"""A line of a key: short ones count if the block ends. Code that reads keys names their marks."""

_KEYS = (
    "api access auth private client account service encryption encrypt signing sign master shared"
    " license licence deploy admin consumer subscription app storage".replace(" ", "|")
)
_STEM = pattern(
    r"(?P<strong>passw(?:or)?d|passphrase|passcode|pass(?![a-z])|pwd|pw(?![a-z])|kennwort|contrase"
    r"|mot_?de_?passe)"
    rf"|(?P<medium>secret|credential|webhook|(?:{_KEYS})[-_. ]?key)"
    r"|(?P<weak>token|sess(?:ion)?[-_.]?id|cookie|bearer|auth(?:orization)?(?![a-z])|csrf|nonce|otp"
    r"|key(?![a-z]))"
)
"""Parts of telling names, names that suggest a secret; in lower case."""

_LEVELS = {"strong": STRONG, "medium": MEDIUM, "weak": WEAK}
_SHORT = frozenset(("pass", "pw", "auth", "otp"))
"""These also occur inside other words; they count only alone or with a capital letter."""

_STEM_HINTS = (
    "pass", "pwd", "pw", "kennwort", "contrase", "secret", "key", "credential", "webhook", "token",
    "sess", "cookie", "bearer", "auth", "csrf", "nonce", "otp",
)  # fmt: skip
_NAME_AFTER, LONGEST_NAME = pattern(r"[\w-]{0,40}"), 40
_OTHER = pattern(
    r"(?i)(?:i[sz]e[dr]?s?|izer|ization|types?|kinds?|ur[li]|endpoints?|fields?|labels?|names?|paths?"
    r"|files?|dirs?|folder|policy|hints?|input|placeholder|prompt|messages?|msg|errors?|regex|pattern"
    r"|len|length|size|counts?|num|limit|ttl|expir\w*|headers?|params?|class|formats?|prefix|suffix"
    r"|alg\w*|scopes?|providers?|backend|methods?|realm|mode|status|state|flow|handler|strategy|version"
    r"|domain|title|text|style|icon|color|index|idx|pos|start|end|begin|list|set|map|table|column"
    r"|attr\w*|prop\w*|required|enabled|valid\w*)$"
)
"""Names that continue in this way describe a secret but do not contain one."""

_QUOTE = r"(?P<quote>\"{3}|'{3}|[\"'`])"
_IN_QUOTES = r"(?P<value>(?:\\.|(?!(?P=quote))[^\\\n])*)(?P<closed>(?P=quote))?"
_WRAPPED = r"(?:new\s+)?(?:[\w.:]{0,40}[({]\s*)?(?:&'?\w*\s*)?[rRbBuUfFL@]{0,3}"
_QUOTED = rf"{_WRAPPED}{_QUOTE}{_IN_QUOTES}"
_TYPE = r"(?::\s*[\w&<>\[\]?.,*|'][\w&<>\[\]?., *|']{0,39}?\s*(?==))?"
_GIVES = r"(?:=>|:=|\|\||\?\?|={1,3}|!={1,2}|:(?!:)|<-|(?<=\s)(?=[\"']))"
_BARE = r"(?P<value>[^\s\"'`;&|,()<>{}\[\]$]+)"
_CALLED_SO = r"\b(?:name|key|id)[\"']?\s*[=:]\s*"
_VALUE = r"[\"']?(?:value|val|content)[\"']?\s*[=:]\s*"
_TO_THE_END = r"\s*(?:#.*|\\)?$"


@cache
def _compiled(source: str, flags: re.RegexFlag = re.NOFLAG) -> re.Pattern[str]:
    """A pattern that is compiled when a line first needs it; most files need few."""
    return re.compile(source, flags)


@dataclass(frozen=True, slots=True)
class _Giving:
    """How a value is assigned to a telling name: what precedes the name, and what follows it.

    ``bare`` values have no quotes; in code, names and types stand there.
    """

    before: str
    after: str
    bare: bool = False
    only_upper: bool = False
    only_strong: bool = False
    listed: bool = False  # as names and words are, too
    surely: bool = False  # no code is written so, and no need to wait for the value's end


def _giving(before: str, after: str, **more: bool) -> _Giving:
    return _Giving(rf"(?:{before})\Z", after, **more)


_GIVINGS = (
    # name = "value", "name": "value", name := `value`, $name = 'value', char name[] = "value"
    _giving("", rf"[\"'`]?\s*(?:\]?\)\s*|\]\s*)?(?:\[\w*\]\s*)?{_TYPE}{_GIVES}\s*{_QUOTED}"),
    # name("value"), set_name("value"), name{"value"}
    _giving("", rf"\s*[({{]\s*{_QUOTED}"),
    # ("name", "value"), ["--name", "value"]
    _giving(r"[\"'`][-/:]*", rf"[\"'`]\s*,\s*{_QUOTED}", listed=True),
    # strcpy(name, "value"), name.equals("value")
    _giving("", rf"\s*,\s*{_QUOTED}", listed=True, only_strong=True),
    _giving("", rf"\.(?:equals|compare|is_?equal|eq\b|ne\b)\w*\(\s*{_QUOTED}", only_strong=True),
    # name="password" value="value", {"name": "password", "value": "value"}
    _giving(rf"{_CALLED_SO}[\"']?", rf"[\"']?\s*(?:,\s*)?{_VALUE}{_QUOTED}"),
    _giving(rf"{_CALLED_SO}[\"']?", rf"[\"']?\s*(?:,\s*)?{_VALUE}{_BARE}{_TO_THE_END}", bare=True),
    # Cookie: name=value; other=..., Server=...;Password=value;
    _giving(
        r"(?:^\s*|;\s*|[\"'`]|cookie\s*:\s*)", r"=(?P<value>[^\s;\"'`&,<>(){}$]{4,})", bare=True,
        listed=True,
    ),
    # machine host login user password value; set name value
    _giving(r"(?:^\s*|\slogin\s+\S+\s+)", rf"\s+{_BARE}{_TO_THE_END}", bare=True, listed=True,
            only_strong=True),
    _giving(r"\bset\s+", r"\s+(?P<value>[^\s\"'`]{8,})", bare=True, listed=True),
    # define('NAME', 'value')
    _giving(r"define\(\s*[\"'`]", rf"[\"'`]\s*,\s*{_QUOTED}"),
    # <name>value</name>
    _giving(r"<[\w:]*", r">(?P<value>[^<\n]+)(?:</|\Z)", bare=True),
    # name: value, - name: value, where a password is a word
    _giving(
        r"^[\s>$#%!-]*", rf"\s*:\s+{_BARE}{_TO_THE_END}", bare=True, surely=True, only_strong=True
    ),
    # name=value, name: value, - name: value
    _giving(r"^[\s>$#%!-]*", rf"\s*[=:]\s*{_BARE}{_TO_THE_END}", bare=True),
    # export NAME=value, ENV NAME value, %env NAME value
    _giving(
        r"^[\s>$#%!-]*(?:(?:export|set|setx|setenv|env|arg|declare|-x|set_env)\s+)+",
        rf"(?:=|\s+){_BARE}{_TO_THE_END}", bare=True, surely=True,
    ),
    # local name=value, declare -r name=value; no spaces, or it is Lua
    _giving(
        r"(?:^|[\s;&])(?:local|readonly|typeset|declare)\s+(?:-\w+\s+)*",
        rf"={_BARE}(?=[\s;&]|\Z)", bare=True, surely=True,
    ),
    # ${name:-value}
    _giving(
        r"\$\{", r":?[-=](?P<value>[^\s\"'`{}$]+)(?=\}|\Z)", bare=True, surely=True
    ),
    # name = [[value]]
    _giving("", rf"\s*{_GIVES}\s*\[=*\[(?P<value>[^\s\"'\[\]]+)(?:\]=*\]|\Z)", bare=True,
            surely=True),
    # **name:** value; the name is `value`; | name | value |
    _giving(r"^[\s>*_+-]*", rf"[*_`]{{0,3}}:[*_]{{0,2}}\s+`?{_BARE}`?\s*$", bare=True),
    _giving("", r"(?:\s+is)?:?\s+`(?P<value>(?!-)[^\s`]+)(?:`|\Z)", bare=True, listed=True),
    _giving(
        r"\|\s*[`*_]*", r"[`*_]*\s*\|\s*`?(?P<value>[^\s`|]+)`?\s*(?:\||\Z)", bare=True, listed=True
    ),
    # NAME=value command, -DNAME=value, -e NAME=value, "NAME=value"
    _giving(
        r"(?:^|[\s;&|(\"'`])(?:-d)?",
        r"=(?P<value>[^\s\"'`;&|,()<>{}\[\]$]+)(?=[\s\"'`;&]|\Z)", bare=True, only_upper=True,
        surely=True,
    ),
    # --name value, --name=value
    _giving(r"(?:^|[\s\"'`])--?", rf"(?:=|\s+){_BARE}", bare=True, surely=True),
    # "name: value", as headers are written
    _giving("", r"\s*:\s+(?P<value>[\w.~+/=-]{8,})(?=[\"'`\s]|\Z)", bare=True, listed=True),
    # ?name=value
    _giving(r"[?&]", r"=(?P<value>[^\s&\"'`#{}<>$%]{8,})", bare=True),
)  # fmt: skip


def _given(line: str, lowered: str, cut_off: bool) -> Iterator[Span]:
    """Values that are assigned to telling names."""
    names: dict[Span, int] = {}
    for stem in _STEM.finditer(lowered):
        begin = stem.start()
        if stem.group() in _SHORT and line[begin - 1 : begin].isalpha() and line[begin].islower():
            continue
        name = _name_around(line, begin, stem.end())
        names[name] = max(names.get(name, 0), _LEVELS[stem.lastgroup or "weak"])
    for (begin, end), telling in names.items():
        name_itself = line[begin:end]
        if not _OTHER.search(name_itself):
            # A header that no standard knows
            level = STRONG if name_itself[:2] in ("x-", "X-") else telling
            yield from _values(line, begin, end, level, cut_off)


def _name_around(line: str, begin: int, end: int) -> Span:
    """The name that contains a stem; names may contain dots and hyphens, but not at the start."""
    least = max(0, begin - LONGEST_NAME)
    first = place = begin
    while place > least and (line[place - 1].isalnum() or line[place - 1] in "_.-"):
        place -= 1
        first = place if line[place] not in ".-" else first
    after = _NAME_AFTER.match(line, end)
    return first, after.end() if after else end


def _values(line: str, begin: int, end: int, telling: int, cut_off: bool) -> Iterator[Span]:
    for giving in _GIVINGS:
        match = _compiled(giving.after).match(line, end)
        if match is None:
            continue
        if not _compiled(giving.before, re.IGNORECASE).search(line, max(0, begin - 40), begin):
            continue
        if giving.only_upper and not line[begin:end].isupper():
            continue
        if giving.only_strong and telling != STRONG:
            continue
        if giving.listed and is_in_letters(match["value"]):
            continue
        at_end = cut_off and match.end() == len(line)
        if giving.bare:
            good = _is_bare_secret(match["value"], telling) or (
                giving.surely
                and at_end
                and may_become(match["value"], telling)
                and not is_placeholder(match["value"])
            )
        elif match["closed"]:
            good = is_secret(match["value"], telling)
        else:
            good = at_end and may_become(match["value"], telling)
        if good:
            yield match.span("value")


_PLAIN = pattern("[a-z]{7,}")
"""A password that is a word; types and names in code are shorter or have capitals."""


def _is_bare_secret(value: str, telling: int) -> bool:
    """Without quotes, what looks like a name, a type or a number is one; but a password may be a
    word."""
    if re.fullmatch(r"[A-Za-z_]\w*(?:\.\w+)+|\d+", value):
        return False
    if value.replace("_", "").isalpha() and (telling != STRONG or not _PLAIN.fullmatch(value)):
        return False
    return is_secret(value, telling)


# What needs no name


def _in_header(match: re.Match[str]) -> bool:
    value = match["value"]
    if is_placeholder(value):
        return False
    if match["scheme"].lower() == "basic" and _is_user_and_password(value):
        return True
    return is_mixed(value) or is_random(value)


def _is_user_and_password(value: str) -> bool:
    try:
        return b":" in base64.b64decode(value + "=" * (-len(value) % 4), validate=True)
    except (binascii.Error, ValueError):
        return False


# connect("user", "value"), auth=("user", "value"), login(user, 'value', more)
_CALL_HINTS = (
    "connect", "logi", "logo", "log_", "sign", "auth", "mysqli", "pdo", "credential", "user",
    "basic",
)  # fmt: skip
_CALL = (
    r"(?:connect|connection|log_?in(?!fo)|log_?on|sign_?in|authenticate|(?<![a-z])auth|basic_?auth"
    r"|mysqli|\bpdo|credentials?|user_?pass|(?:add|create|new)_?user|authentication|http\.basic"
    r"|authorize|as_?user)\w{0,20}\s*(?:=\s*)?\("
)
_ARGUMENT = rf"\s*(?:\w+\s*[=:]\s*)?{_WRAPPED}{_QUOTE}{_IN_QUOTES}"
_TO_NEXT = pattern(r"[^,()\"'`]*(?:\([^()\"'`]*\)[^,()\"'`]*)*\)*[^,()\"'`]*")
MOST_ARGUMENTS = 8


def _in_calls(line: str, cut_off: bool) -> Iterator[Span]:
    """Arguments after the first in calls that take a user and a password."""
    for call in _compiled(_CALL, re.IGNORECASE).finditer(line):
        place, user = call.end(), False
        for number in range(MOST_ARGUMENTS):
            argument = _compiled(_ARGUMENT).match(line, place)
            if argument is not None:
                if number and _is_passed_secret(
                    argument, user, cut_off and argument.end() == len(line)
                ):
                    yield argument.span("value")
                user = user or bool(_USER.search(argument.group()))
                place = argument.end()
            following = _TO_NEXT.match(line, place)
            place = following.end() if following else place
            if line[place : place + 1] != ",":
                break
            place += 1


def _is_passed_secret(argument: re.Match[str], user: bool, at_end: bool) -> bool:
    value = argument["value"]
    if not argument["closed"]:
        return at_end and bool(value) and " " not in value and (
            _is_positional(value, user) or (user and not _CALLED.search(value))
        )  # fmt: skip
    return " " not in value and _is_positional(value, user)


def _is_positional(value: str, user: bool) -> bool:
    if not 4 <= len(value) <= 64 or is_placeholder(value) or _PLACE.fullmatch(value):
        return False
    if user and _PLAIN.fullmatch(value):
        return True
    mixed = re.search(r"\d", value) and re.search(r"[A-Za-z]", value)
    return bool(mixed or re.search(r"[!#&*+=?~^]", value))


_USER = pattern(
    r"(?i)[\"'`](?:admin\w*|root|user\w*|sa|postgres|guest|test\w*|me|[\w.]+@[\w.]+)[\"'`]"
)
_PLACE = pattern(
    r"[\w-]+(?:\.[\w-]+)+|[\w.-]+:\d+|/.*|\w+://.*|(?:utf|sha|md|tls|ssl|v|db|test)[-_]?\d+"
)


def _in_address(match: re.Match[str]) -> bool:
    password = unquote(match["password"])
    return len(password) >= 3 and not is_placeholder(password) and not password.isdigit()


def _will_be_in_address(match: re.Match[str]) -> bool:
    password = match["password"]
    return not password.isdigit() and not _CALLED.search(password)


_CALLED = pattern(r"^[{$<%(]|^/")


def _in_query(match: re.Match[str]) -> bool:
    return is_mixed(match["value"])


def _after_flag(match: re.Match[str]) -> bool:
    return len(match["value"]) >= 4 and not is_placeholder(match["value"])


def _is_long_key(match: re.Match[str]) -> bool:
    return is_key(match["value"])


def _is_line_of_a_key(match: re.Match[str]) -> bool:
    value = match["value"]
    return all(re.search(kind, value) for kind in ("[a-z]", "[A-Z]", r"\d")) and entropy(value) > 4


Judge = Callable[[re.Match[str]], bool]


@dataclass(frozen=True, slots=True)
class _Rule:
    """Every line in which ``pattern`` finds anything contains one of ``hints``, in lower case.

    ``early`` judges a value that is still being typed, if it can be recognised sooner.
    """

    hints: tuple[str, ...]
    source: str
    judge: Judge
    early: Judge

    @property
    def pattern(self) -> re.Pattern[str]:
        return _compiled(self.source, re.IGNORECASE)


def _rule(hints: str, pattern: str, judge: Judge, early: Judge | None = None) -> _Rule:
    return _Rule(tuple(hints.split()), pattern, judge, early or judge)


_RULES = (
    _rule("bearer basic token apikey digest",
          r"\b(?P<scheme>Bearer|Basic|Token|ApiKey|Digest)(?:\s+|\s*[\"']\s*[+.]\s*[\"'])"
          r"(?P<value>[\w.~+/-]{6,}=*)",
          _in_header),
    # echo value | sudo -S
    _rule("sudo --password-stdin chpasswd --passphrase-fd",
          r"\becho\s+(?:-\w+\s+)?[\"']?(?P<value>[^\s\"'|]+)[\"']?\s*\|[^|]*?"
          r"(?:\bsudo\s+-S|--password-stdin|\bchpasswd|--passphrase-fd)", _after_flag),
    # ://user:value@
    _rule("://",
          r"(?<=://)(?P<value>[^\s:/@'\"<>{}$]{0,64}:(?P<password>[^\s:/@'\"<>]{1,64}))(?:@|(?P<open>\Z))",
          _in_address, _will_be_in_address),
    _rule("?sig &sig ?key &key ?code &code",
          r"[?&](?:key|sig|signature|code)=(?P<value>[^\s&\"'`#{}<>$%]{8,})", _in_query),
    # mysql -pvalue, curl -u user:value, sshpass -p value, redis-cli -a value
    _rule("mysql maria sshpass docker podman mongo ldap",
          r"\b(?:mysql\w*|mariadb\w*|sshpass|docker\s+login|podman\s+login|mongo\w*|ldap\w+)\b.*?"
          r"[\s\"'](?:-p|-w)[\s\"',]*(?P<value>[^\s\"'`]+)", _after_flag),
    _rule("redis-cli openssl",
          r"\b(?:redis-cli\b.*?\s-a|openssl\s+\w+\b.*?\s-k)\s+(?P<value>[^\s\"'`]+)", _after_flag),
    _rule("curl wget http smbclient",
          r"\b(?:curl|wget|http|https|smbclient)\b.*?\s(?:-u|--user|-a)[\s=]*[\"']?[^\s:\"']+:"
          r"(?P<value>[^\s\"']+)", _after_flag),
    _rule("userpwd identified",
          rf"(?:userpwd|identified\s+by)[\"'\]]*\W{{1,4}}{_QUOTE}(?:[^\s:\"']+:)?"
          r"(?P<value>[^\s\"']{4,})(?P<closed>(?P=quote))?", _after_flag),
)  # fmt: skip

SHORTEST_LONG = 24
_LONG = pattern(r"[A-Za-z0-9+/=_-]{24}")
_LONG_RULES = (
    # a long string of no visible meaning
    _rule("", r"[\"'`](?P<value>[A-Za-z0-9+/=_-]{24,})(?:[\"'`]|(?P<open>\Z))", _is_long_key),
    _rule("", r"^[\s\"'+]*(?P<value>[A-Za-z0-9+/]{60,}={0,2})[\"'\s,+;\\n]*$", _is_line_of_a_key),
)


@dataclass(frozen=True, slots=True)
class _Hints:
    """The hints to search for in a line: only those that occur in the whole text."""

    stems: tuple[str, ...]
    calls: tuple[str, ...]
    rules: tuple[tuple[_Rule, tuple[str, ...]], ...]
    shapes: tuple[str, ...]

    def occurring_in(self, text: str, lowered: str) -> _Hints:
        rules = [(rule, _present(hints, lowered)) for rule, hints in self.rules]
        return _Hints(
            _present(self.stems, lowered),
            _present(self.calls, lowered),
            tuple((rule, hints) for rule, hints in rules if hints),
            _present(self.shapes, text),
        )


def _present(hints: tuple[str, ...], text: str) -> tuple[str, ...]:
    return tuple(hint for hint in hints if hint in text)


_ALL = _Hints(_STEM_HINTS, _CALL_HINTS, tuple((rule, rule.hints) for rule in _RULES), shapes.HINTS)


def find(text: str, *, cut_off: bool = False) -> list[Span]:
    """The spans of secrets in a text, from left to right; they neither overlap nor touch.

    With ``cut_off``, the text may end within a secret, as it does at a caret.
    """
    found, place, before = blocks(text), 0, ""
    hints = _ALL.occurring_in(text, text.lower())
    for line in text.split("\n"):
        end = place + len(line)
        if line:
            spans = after(lead(before, line), line, cut_off and end == len(text), hints)
            found += [(place + begin, place + stop) for begin, stop in spans]
        place, before = end + 1, line
    return merged(found)


def lead(before: str, line: str) -> str:
    """What the line before leaves open: a telling name whose value is on this line."""
    tail = before[-LONGEST_LEAD:].rstrip()
    if not tail or not line[:1].isspace() or not any(hint in tail.lower() for hint in _STEM_HINTS):
        return ""
    if tail[-1] in "=:({[>\\":
        match = _compiled(_OPEN_NAME).search(tail)
        return match.group() if match else ""
    if line.lstrip().startswith("value"):
        match = _compiled(_NAME_ALONE).search(tail)
        return f"{match.group()}, " if match else ""
    return ""


def after(lead: str, line: str, cut_off: bool = False, hints: _Hints = _ALL) -> list[Span]:
    """``in_line`` for a line that continues what ``lead`` began."""
    if not lead:
        return in_line(line, cut_off, hints)
    indent = len(line) - len(line.lstrip())
    moved = indent - len(lead)
    spans = in_line(lead + line[indent:], cut_off)
    return [(begin + moved, end + moved) for begin, end in spans if begin + moved >= 0]


def blocks(text: str) -> list[Span]:
    """Private keys in blocks of several lines; one without an end lasts to the end of the text."""
    found: list[Span] = []
    for mark, head, last_mark, tail in _HEADS:
        place = text.find(mark)
        while place >= 0:
            block = _block_at(text, place, head, last_mark, tail)
            found += [block] if block else []
            place = text.find(mark, block[1] if block else place + 1)
    return found


def _block_at(
    text: str, begin: int, head: re.Pattern[str], last_mark: str, tail: re.Pattern[str]
) -> Span | None:
    first = head.match(text, begin)
    if first is None:
        return None
    limit = first.end() + LONGEST_BLOCK
    end = text.find(last_mark, first.end(), limit)
    last = tail.match(text, end) if end >= 0 else None
    if last is None and len(text) > limit:
        return None
    inside = text[first.end() : end if last else len(text)]
    if not _holds_a_key(inside, last is not None):
        return None
    return begin, last.end() if last else len(text)


def _holds_a_key(block: str, ends: bool) -> bool:
    lines = (line.strip(" \t\r\"'+,;\\") for line in _LINE_END.split(block))
    return any(_MATERIAL[ends].fullmatch(line) for line in lines)


LONGEST_LEAD = 120
_OPEN_NAME = (
    r"[\"'`]?[\w.-]+[\"'`]?\]?\s*(?::\s*[\w&<>\[\]?., *|']{1,40}?\s*)?(?:=>|:=|=|:)"
    r"\s*[({\[]?\s*\\?\Z"
)
_NAME_ALONE = r"\b(?:name|key|id)[\"']?\s*[=:]\s*[\"']?[\w.-]+[\"']?\Z"


def without(text: str) -> str:
    """The text without its secrets.

    >>> without('key = "AKIAIOSFODNN7EXAMPLE"')
    'key = ""'
    """
    kept, place = [], 0
    for begin, end in find(text):
        kept.append(text[place:begin])
        place = end
    return "".join([*kept, text[place:]])


def in_line(line: str, cut_off: bool = False, hints: _Hints = _ALL) -> list[Span]:
    """``find`` for one line."""
    if len(line) <= LONGEST_LINE:
        return merged(list(_spans(line, cut_off, hints)))
    found: list[Span] = []
    for begin in range(0, len(line), PIECE):
        piece = line[begin : begin + LONGEST_LINE]
        at_end = cut_off and begin + len(piece) == len(line)
        found += [(begin + first, begin + last) for first, last in _spans(piece, at_end, hints)]
    return merged(found)


@lru_cache(2_048)
def in_known_line(lead: str, line: str) -> tuple[Span, ...]:
    """``after`` with a cache, for lines that are searched repeatedly, like those above a caret."""
    return tuple(after(lead, line))


def _spans(line: str, cut_off: bool, hints: _Hints) -> Iterator[Span]:
    lowered = line.lower()
    lowered = lowered if len(lowered) == len(line) else line
    if any(hint in lowered for hint in hints.stems):
        yield from _given(line, lowered, cut_off)
    if any(hint in lowered for hint in hints.calls):
        yield from _in_calls(line, cut_off)
    for rule, its_hints in hints.rules:
        if any(hint in lowered for hint in its_hints):
            yield from _matches(rule, line, cut_off)
    if len(line) >= SHORTEST_LONG and _LONG.search(line):
        for rule in _LONG_RULES:
            yield from _matches(rule, line, cut_off)
    if any(hint in line for hint in hints.shapes):
        yield from (match.span() for match in shapes.whole().finditer(line))
        match = shapes.cut_off().search(line) if cut_off else None
        if match is not None:
            yield match.span()


def _matches(rule: _Rule, line: str, cut_off: bool) -> Iterator[Span]:
    groups = rule.pattern.groupindex
    for match in rule.pattern.finditer(line):
        unfinished = ("closed" in groups and not match["closed"]) or (
            "open" in groups and match["open"] is not None
        )
        if unfinished:
            good = cut_off and match.end() == len(line) and rule.early(match)
        else:
            good = rule.judge(match)
        if good:
            yield match.span("value")


def merged(spans: list[Span]) -> list[Span]:
    """Spans in order; those that overlap or touch are joined."""
    found: list[Span] = []
    for begin, end in sorted(spans):
        if begin == end:
            continue
        if found and begin <= found[-1][1]:
            found[-1] = found[-1][0], max(end, found[-1][1])
        else:
            found.append((begin, end))
    return found
