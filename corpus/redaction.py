"""Secrets out of texts, with the detectors of Yelp's ``detect-secrets``.

Keys and tokens of known shape, passwords in addresses and quoted values given to names such as
``password`` or ``api_key`` are cut out of the text, so that what is left still parses. A file that
holds a private key is dropped whole. Entropy detectors are not used: in source code they find
digests and tables far more often than secrets.

Names that a test, a document or a default would use are no secrets; see ``_HARMLESS``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any

_PREFIXES = re.compile(
    r"AKIA|ABIA|ACCA|AGPA|AIDA|AROA|ASIA|gh[pousr]_|glpat-|xox[abpors]-|hooks\.slack|[rs]k_live|"
    r"SG\.|sq0csp|npm_|_authToken|pypi-|eyJ|sk-|SK[0-9a-f]{32}|AC[0-9a-f]{32}|\d{8,10}:[\w-]{35}|"
    r"AccountKey|-us\d|cloudant|[MNO][\w-]{23}\.|://[^\s/:@]+:[^\s/:@]+@"
)
_PRIVATE = re.compile(r"-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY|PuTTY-User-Key-File-2")
_ASSIGNED = re.compile(
    r"(?i)[\w-]*(?:password|passwd|passphrase|secret|api_?key|auth_?token|access_?key|private_?key)"
    r"\w*[\"']?\]?\s*(?::=|=>|=|:)\s*[\"'`]([^\"'`\s]{8,})[\"'`]"
)
_HARMLESS = re.compile(
    r"(?i)^[a-z]+(?:[-_. /:][a-z]+)*$|[%{}<>$\[\]()*]|pass|secret|token|key|example|test|dummy|fake"
    r"|change|your|xxx|\.\.\.|^(.)\1+$|^[A-Z][A-Za-z]+$|^https?:|^/|123456|abc"
)


@dataclass(frozen=True, slots=True)
class Cleaned:
    """A text without its secrets, and how many were cut."""

    text: str
    count: int


def cut_secrets(text: str, language: str) -> Cleaned | None:
    """The text with secrets cut out, or None where it holds a private key."""
    if _PRIVATE.search(text) and _key_follows(text):
        return None
    found = set(_assigned(text))
    if _PREFIXES.search(text):
        found |= set(_shaped(text))
    for secret in sorted(found, key=lambda value: (-len(value), value)):
        text = text.replace(secret, "")
    return Cleaned(text, len(found))


def _key_follows(text: str) -> bool:
    """Whether key material follows the marker: a parser of keys names the marker alone."""
    match = _PRIVATE.search(text)
    return match is not None and re.search(r"[A-Za-z0-9+/=]{40}", text[match.end() :]) is not None


def _assigned(text: str) -> Iterable[str]:
    return [value for value in _ASSIGNED.findall(text) if not _HARMLESS.search(value)]


def _shaped(text: str) -> Iterable[str]:
    lines = [line for line in text.split("\n") if _PREFIXES.search(line)]
    for detector in _detectors():
        for line in lines:
            yield from (value for value in detector.analyze_string(line) if len(value) >= 8)


@cache
def _detectors() -> tuple[Any, ...]:
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

    return (
        aws.AWSKeyDetector(),
        azure_storage_key.AzureStorageKeyDetector(),
        basic_auth.BasicAuthDetector(),
        github_token.GitHubTokenDetector(),
        gitlab_token.GitLabTokenDetector(),
        jwt.JwtTokenDetector(),
        npm.NpmDetector(),
        openai.OpenAIDetector(),
        pypi_token.PypiTokenDetector(),
        sendgrid.SendGridDetector(),
        slack.SlackDetector(),
        square_oauth.SquareOAuthDetector(),
        stripe.StripeDetector(),
        telegram_token.TelegramBotTokenDetector(),
        twilio.TwilioKeyDetector(),
    )
