"""Finds what must be neither remembered nor suggested: keys, tokens, passwords.

A short list of shapes, meant to be strict where a match costs nothing (a string that is not
learned) and checked against detect-secrets in the tests. Pure text in, places out.
"""

from __future__ import annotations

import math
import re
from collections import Counter

_KNOWN = re.compile(
    r"""
    -----BEGIN[ A-Z0-9]*PRIVATE\ KEY-----[\s\S]*?(?:-----END[ A-Z0-9]*PRIVATE\ KEY-----|\Z)
    | \b(?:AKIA|ASIA|ABIA|ACCA)[0-9A-Z]{16}\b                # Amazon
    | \bgh[pousr]_[A-Za-z0-9]{20,} | \bgithub_pat_\w{20,}     # GitHub
    | \bglpat-[\w-]{16,}                                      # GitLab
    | \bxox[abeoprs]-[\w-]{8,} | hooks\.slack\.com/services/[\w/]+
    | \bAIza[\w-]{30,}                                        # Google
    | \b[rsp]k_(?:live|test)_[0-9A-Za-z]{16,}                 # Stripe
    | \bsk-[A-Za-z0-9_-]{20,} | \bSG\.[\w-]{16,}\.[\w-]{16,}
    | \bnpm_[A-Za-z0-9]{30,} | \bpypi-[\w-]{40,}
    | \beyJ[\w-]{8,}\.eyJ[\w-]{8,}(?:\.[\w-]+)?               # JSON web token
    | ^[A-Za-z0-9+/]{60,}={0,2}$                             # a line of a key
    | (?<=://)[^\s:/@'"]{1,64}:[^\s:/@'"]{3,64}(?=@)          # user:password@host
    """,
    re.VERBOSE | re.MULTILINE,
)
_NAMED = re.compile(
    r"(?i)(?:passw(?:or)?d|passphrase|pwd|secret|token|api_?key|apikey|access_?key|auth_?key"
    r"|private_?key|credentials?)\w*[\"']?\]?\s*(?:=>|:=|[:=])\s*(?:[rbu]?[\"'])"
    r"(?P<value>[^\"'\n]{6,})(?=[\"'])"
)
_QUOTED = re.compile(r"[\"'](?P<value>[A-Za-z0-9+/=_-]{24,})[\"']")
_PLACEHOLDER = re.compile(
    r"(?i)[<{$%]|\s|^(?:x+|\*+|\.+|-+)$|passw|secret|changeme|example|dummy|your|placeholder|token"
    r"|test|none|null|string|default|field|param"
)
LEAST_ENTROPY = {True: 3.0, False: 4.5}
"""Bits per character from which a quoted string is taken for a key: hexadecimal, and other."""


def find(text: str) -> list[tuple[int, int]]:
    """Where secrets begin and end in a text, from left to right."""
    found = [match.span() for match in _KNOWN.finditer(text)]
    found += [
        match.span("value")
        for match in _NAMED.finditer(text)
        if not _PLACEHOLDER.search(match["value"])
    ]
    found += [
        match.span("value") for match in _QUOTED.finditer(text) if _looks_random(match["value"])
    ]
    return sorted(found)


def without(text: str) -> str:
    """The text with its secrets left out.

    >>> without('key = "AKIAIOSFODNN7EXAMPLE"')
    'key = ""'
    """
    kept, place = [], 0
    for begin, end in find(text):
        kept.append(text[place : max(place, begin)])
        place = max(place, end)
    return "".join([*kept, text[place:]])


def _looks_random(value: str) -> bool:
    hexadecimal = all(character in "0123456789abcdefABCDEF-" for character in value)
    if not hexadecimal and not (re.search(r"\d", value) and re.search(r"[A-Za-z]", value)):
        return False
    return _entropy(value) >= LEAST_ENTROPY[hexadecimal]


def _entropy(value: str) -> float:
    counts = Counter(value).values()
    return -sum(count / len(value) * math.log2(count / len(value)) for count in counts)
