"""Secrets out of texts, with the detectors of Yelp's ``detect-secrets``.

Keys and tokens of known shape, passwords in addresses, and quoted values given to names such as
``password`` or ``api_key`` are cut out of the text, so that what is left still parses. A file that
holds a private key is dropped whole.

Two limits, on purpose. Entropy detectors are not used: in source code they find digests and tables
far more often than secrets. A quoted value counts only if it mixes letters with digits and is no
placeholder: ``password = "changeme"`` is ordinary code.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any

SHORTEST_SECRET = 8  # characters
LONGEST_LINE = 500  # characters; longer ones are tables, and cost the detectors quadratic time

# Cheap tests that decide which lines the detectors see at all: every shape they know starts so.
_SHAPES = re.compile(
    r"AKIA|ABIA|ACCA|AGPA|AIDA|AIPA|ANPA|ANVA|AROA|ASIA|(?i:aws)|gh[pousr]_|gl(?:pat|dt|rt|ft|soat)"
    r"|GR1348941|xox[abpors]-|hooks\.slack|[rs]k_live|SG\.[\w-]{20}|sq0csp|_authToken|pypi-"
    r"|eyJ|sk-[\w-]{10}|(?:AC|SK)[0-9a-f]{32}|\d{8,10}:[\w-]{35}|AccountKey|://[^\s/:@]+:[^\s/:@]+@"
)
_KEYWORDS = (
    *("password", "passwd", "pwd", "secret", "contrase", "db_pass", "key_pass", "keypass"),
    *("api_key", "apikey", "auth_key", "authkey", "account_key", "accountkey", "private_key"),
    *("privatekey", "priv_key", "service_key", "client_key", "clientkey", "db_key", "dbpass"),
)
_PRIVATE = re.compile(r"-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY|PuTTY-User-Key-File-\d")
_KEY_MATERIAL = re.compile(r"[A-Za-z0-9+/=]{40}")
_PLACEHOLDER = re.compile(
    r"(?i)[%{}<>$\[\]()*\s\\]|example|test|dummy|fake|sample|change|your|xxx|\.\.\.|^(.)\1+$|^https?:"
    r"|^[\w.-]*(?:pass|secret|token|key)[\w.-]*$"
)


@dataclass(frozen=True, slots=True)
class Cleaned:
    """A text without its secrets, and how many were cut."""

    text: str
    count: int


def cut_secrets(text: str) -> Cleaned | None:
    """The text with secrets cut out, or None where it holds a private key."""
    if _holds_private_key(text):
        return None
    lowered = text.lower()
    assigned = any(keyword in lowered for keyword in _KEYWORDS)
    shaped = _SHAPES.search(text) is not None
    if not (assigned or shaped):
        return Cleaned(text, 0)
    lines = [line for line in text.split("\n") if len(line) <= LONGEST_LINE]
    found = set(_assigned(lines)) if assigned else set()
    found |= set(_shaped(lines)) if shaped else set()
    for secret in sorted(found, key=lambda value: (-len(value), value)):
        text = text.replace(secret, "")
    return Cleaned(text, len(found))


def _holds_private_key(text: str) -> bool:
    """Whether key material follows a marker: a parser of keys names the marker alone."""
    match = _PRIVATE.search(text)
    return match is not None and _KEY_MATERIAL.search(text, match.end()) is not None


def _assigned(lines: Iterable[str]) -> Iterable[str]:
    """Quoted values given to names that say they are secret."""
    detector = _keyword_detector()
    for line in lines:
        lowered = line.lower()
        if any(keyword in lowered for keyword in _KEYWORDS):
            yield from filter(_is_secret, detector.analyze_string(line))


def _is_secret(value: str) -> bool:
    mixed = re.search(r"[A-Za-z]", value) and re.search(r"\d", value)
    return bool(mixed) and len(value) >= SHORTEST_SECRET and not _PLACEHOLDER.search(value)


def _shaped(lines: Iterable[str]) -> Iterable[str]:
    """Values that look like the keys and tokens of known services."""
    for line in lines:
        if _SHAPES.search(line):
            for pattern in _shapes():
                yield from map(_secret_of, pattern.finditer(line))


def _secret_of(match: re.Match[str]) -> str:
    """The part of a match to cut: the group that holds the secret, else all of it.

    Some patterns group only a prefix such as ``ghp``, which says nothing.
    """
    longest = max((group or "" for group in match.groups()), key=len, default="")
    return longest if len(longest) >= SHORTEST_SECRET else match.group()


@cache
def _keyword_detector() -> Any:
    from detect_secrets.plugins.keyword import KeywordDetector

    return KeywordDetector()


@cache
def _shapes() -> tuple[re.Pattern[str], ...]:
    from detect_secrets.plugins import (
        aws,
        azure_storage_key,
        basic_auth,
        github_token,
        gitlab_token,
        jwt,
        npm,
        openai,
        pypi_token,
        sendgrid,
        slack,
        square_oauth,
        stripe,
        telegram_token,
        twilio,
    )

    detectors = (
        aws.AWSKeyDetector,
        azure_storage_key.AzureStorageKeyDetector,
        basic_auth.BasicAuthDetector,
        github_token.GitHubTokenDetector,
        gitlab_token.GitLabTokenDetector,
        jwt.JwtTokenDetector,
        npm.NpmDetector,
        openai.OpenAIDetector,
        pypi_token.PypiTokenDetector,
        sendgrid.SendGridDetector,
        slack.SlackDetector,
        square_oauth.SquareOAuthDetector,
        stripe.StripeDetector,
        telegram_token.TelegramBotTokenDetector,
        twilio.TwilioKeyDetector,
    )
    return tuple(pattern for detector in detectors for pattern in detector().denylist)
