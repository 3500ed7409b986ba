"""Tells secrets from examples, names and words that stand in their place.

Judges a value by its own characters, and by how clearly the name that it is assigned to suggests a
secret. Pure text.
"""

from __future__ import annotations

import math
import re
from collections import Counter

from ..patterns import pattern

STRONG, MEDIUM, WEAK = 3, 2, 1
"""How clearly a name tells: a password; a key or secret; a token, which parsers have too."""

LONGEST_EXAMPLE = 48
"""In characters: an example can be split into words in many ways, and each is tried."""

SHORTEST = {STRONG: 4, MEDIUM: 6, WEAK: 8}
LEAST_ENTROPY = {True: 3.0, False: 4.5}
"""Bits per character from which a quoted string is taken for a key: hexadecimal, and other."""

_SPELLED = (
    "pass(?:word|wd|phrase|code)?s?|pwd?|pw|secrets?|tokens?|keys?|api|apikey|auth|authorization|access"
    "|refresh|bearer|basic|csrf|xsrf|session|cookie|credentials?|client|server|private|public|user"
    "|users?name|username|login|logon|admin|root|guest|account|email|mail|name|id|uuid|hash|hashed|salt"
    "|my|your|the|some|an?|new|old|current|this|that|here|it|is|in|of|to|for|no|not|and|or|with|by"
    "|test(?:ing|er)?s?|tests?|example|sample|dummy|fake|mock|demo|default|foo|bar|baz|qux|spam|eggs|blah"
    "|change(?:d|me)?|replace|insert|enter|confirm|confirmation|repeat|reset|forgot|forgotten|show|hide"
    "|require[ds]?|optional|invalid|valid|wrong|missing|empty|blank|hidden|redacted"
    "|masked|encrypted|plain|text|none|null|nil|true|false|undefined|unset|string|str|int|bool|value"
    "|values|field|param|params|parameter|input|output|type|kind|prefix|suffix|file|path|dir|env|var"
    "|header|x|request|response|grant|code|url|uri|host|port|database|db|sql|service|app|application"
    "|pbkdf|hmac|bcrypt|scrypt|argon|aes|gcm|cbc|ecb|latin|ascii|iso|cp|windows|json|xml|html|http|https|oauth|openid|jwt|saml|ldap|ssh|ssl|tls|rsa|dsa|aes|md|sha|base|utf"
    "|verify|validate|check|checker|generator|manager|provider|handler|factory|policy|strength|length"
    "|placeholder|todo|fixme|abc|xyz|lorem|ipsum|secured?|security|protected|signing|signature|master"
)
_WORDS = pattern(rf"(?i)[\W\d_]*(?:(?:{_SPELLED})[\W_]*)+\d{{0,4}}[\W_]*")
_CODE = pattern(
    r"\s|^[<\[({].*[>\])}]$|[<{(\[]\w*[>})\]]|\$[({]|\$[A-Za-z_]{3}|^[$@%<{(\[]|->|::|\\"
    r"|%[sdr(]|%\w+%|\.\.\.|^https?:|^[a-z]+://|^\W+$"
)
_NAMED = pattern(r"[A-Za-z]+(?:[-_.:/ ]+[A-Za-z]+)*[-_.:]?\d{0,3}")
_LETTERS = pattern(r"[\W_]*[A-Za-z_.-]+")
_LABEL = pattern(r"[a-z]+(?:[-_.:][a-z]+)+|[A-Z]+(?:_[A-Z]+)+|[A-Z]?[a-z]+(?:[A-Z][a-z]+)+")
_ALPHABET = pattern(r"(?i)abcdefg|bcdefgh|bcdfgh|0123456|1234567|0001020304")
_SYMBOLS = pattern(r"[!#&*?~;]")
_CHANGES = pattern(r"(?<=[A-Za-z])(?=\d)|(?<=\d)(?=[A-Za-z])")
_ORDINARY = pattern(
    r"[\d.,:/ +-]+[a-z]{0,3}\d*|[\d-]+T[\d:.Z+-]+|v?\d+(?:\.\d+)+[\w.-]*|#[0-9a-fA-F]{3,8}"
    r"|0x[0-9a-fA-F]{1,8}"
    r"|[\w./-]+\.(?:py|js|ts|go|rs|java|kt|php|c|h|cc|cpp|hpp|json|ya?ml|toml|ini|txt|md|html?|css|xml"
    r"|png|svg|pem|crt|key|sh|sql|proto|conf|cfg|log|gz|zip)|[a-z]+/[\w.+-]+"
    r"|/[\w./-]+|(?:Ui|I)nt\d+\w*|Float\d+\w*|(?:u?int|float|bool|str|vec)\d*(?:_t)?"
)


def is_secret(value: str, telling: int) -> bool:
    """Whether ``value``, assigned to a name that tells this much, must be kept secret.

    >>> is_secret("hunter2", STRONG), is_secret("changeme", STRONG), is_secret("if", WEAK)
    (True, False, False)
    """
    if len(value) < SHORTEST[telling] or is_placeholder(value):
        return False
    if telling == STRONG:
        return not _ORDINARY.fullmatch(value) and not _LABEL.fullmatch(value)
    if telling == MEDIUM:
        return is_mixed(value) or bool(_SYMBOLS.search(value))
    return is_random(value)


def may_become(value: str, telling: int) -> bool:
    """Whether a value that is still being typed is treated as the secret that it may become.

    A password is, from its first letter; a token not while it could still be a word.
    """
    if telling == STRONG:
        return bool(value) and not _CODE.search(value)
    return len(value) >= 4 and not is_placeholder(value) and not _LETTERS.fullmatch(value)


def is_in_letters(value: str) -> bool:
    """Only letters, like names in a list."""
    return bool(_LETTERS.fullmatch(value))


def is_placeholder(value: str) -> bool:
    """Whether a value is code, an example, or a description of what belongs there."""
    if value == value[:1] * len(value) or _CODE.search(value):
        return True
    return len(value) <= LONGEST_EXAMPLE and bool(_WORDS.fullmatch(value))


def is_mixed(value: str) -> bool:
    """Letters and digits, and not only a name with a number at its end."""
    has_both = re.search(r"\d", value) and re.search(r"[A-Za-z]", value)
    if not has_both or _ORDINARY.fullmatch(value):
        return False
    return not _NAMED.fullmatch(value) or (
        len(value) >= 16 and " " not in value and is_random(value)
    )


def is_random(value: str) -> bool:
    """Whether nobody would write this by hand."""
    if " " in value or _ORDINARY.fullmatch(value):
        return False
    if len(_CHANGES.findall(value)) >= 3:
        return True
    kinds = sum(bool(re.search(kind, value)) for kind in ("[a-z]", "[A-Z]", r"\d"))
    return len(value) >= 16 and kinds == 3 and entropy(value) >= 3.5


def is_key(value: str) -> bool:
    """Whether a quoted string is a key, by its characters alone."""
    if _ALPHABET.search(value) or not re.search("[A-Za-z]", value):
        return False
    hexadecimal = all(character in "0123456789abcdefABCDEF-" for character in value)
    if not hexadecimal and not (re.search(r"\d", value) and re.search(r"[A-Za-z]", value)):
        return False
    return entropy(value) >= LEAST_ENTROPY[hexadecimal]


def entropy(value: str) -> float:
    """Bits per character, from the frequency of each."""
    counts = Counter(value).values()
    return -sum(count / len(value) * math.log2(count / len(value)) for count in counts)
