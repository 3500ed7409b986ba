"""Finds e-mail and IP addresses that belong to people or their machines.

No model needs them. Addresses that identify nobody are left: those of examples and documentation,
of private networks and the local machine, of well-known resolvers. So are versions, section numbers
and object identifiers, which look alike. Knows no secrets.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator

from codecomplete.engine.privacy.secrets import Span

_EMAIL = re.compile(
    r"(?<![\w.+/@-])[A-Za-z0-9][\w.+-]{0,63}@(?=[\w-]{1,63}\.)(?:[A-Za-z0-9-]{1,63}\.){1,5}[A-Za-z]{2,12}(?![\w@])"
)
_NOBODY = re.compile(
    r"(?i)@(?:[\w-]+\.)*(?:example\.\w+|\w+\.(?:example|test|invalid|local|localhost))$|@\dx\.\w+$"
    r"|^(?:no-?reply|git|svn|hg|user|username|name|you|your\.?name|me|foo|bar|test|someone|admin|root)@"
)
_OCTET = r"(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)"
_FOUR = re.compile(rf"(?<![\w.+])(?:{_OCTET}\.){{3}}{_OCTET}(?![\w+]|[.-]\w)")
_SIX = re.compile(r"(?<![\w:.])[23][0-9a-fA-F]{3}:[0-9a-fA-F:]{2,34}(?![\w:]|\.\w)")
_BEFORE_VERSIONS = re.compile(
    r"(?i)(?:(?:version|ver|release|rev|revision|build|since|oid|section|chapter)\w*\W{0,6}"
    r"|[a-z_][-/@]|\w(?:[=<>~!]=|[<>]))$"
)
LONGEST_BEFORE = 24  # characters before an address that may show that it is a version
LARGEST_OF_VERSIONS = 40  # four numbers below it are a version or a section
FEWEST_COLONS = 3  # of an IPv6 address; a slice has two
KNOWN_TO_ALL = frozenset("8.8.8.8 8.8.4.4 1.1.1.1 1.0.0.1 9.9.9.9 208.67.222.222".split())


def find(text: str) -> list[Span]:
    """The places of people's addresses in a text, in no order."""
    return [*_mails(text), *_of_machines(text)]


def _mails(text: str) -> Iterator[Span]:
    if "@" in text:
        for match in _EMAIL.finditer(text):
            if not _NOBODY.search(match.group()):
                yield match.span()


def _of_machines(text: str) -> Iterator[Span]:
    for match in _FOUR.finditer(text):
        if _is_somebodys(match.group()) and not _is_version(text, match):
            yield match.span()
    for match in _SIX.finditer(text):
        if match.group().count(":") >= FEWEST_COLONS and _is_somebodys(match.group()):
            yield match.span()


def _is_somebodys(written: str) -> bool:
    """Whether it is an address that is reachable from the internet, and not a well-known one."""
    try:
        address = ipaddress.ip_address(written)
    except ValueError:
        return False
    return address.is_global and not address.is_multicast and written not in KNOWN_TO_ALL


def _is_version(text: str, match: re.Match[str]) -> bool:
    if max(map(int, match.group().split("."))) < LARGEST_OF_VERSIONS:
        return True
    before = text[max(0, match.start() - LONGEST_BEFORE) : match.start()]
    return bool(_BEFORE_VERSIONS.search(before.rpartition("\n")[2]))
