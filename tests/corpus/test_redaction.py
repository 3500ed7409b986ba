"""Secrets and addresses are hidden, private keys drop the file, ordinary code is left alone."""

from __future__ import annotations

import ast
import string

import pytest

from codecomplete.corpus.redaction import redacted
from codecomplete.engine.privacy.secrets import find
from tests.privacy.material import SECRETS
from tests.privacy.table import CASES

KEY = "MIIEpAIBAAKCAQEAxyz0123456789abcdefghijklmnopqrstuvwx"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('password = "hunter2!Zq9"\n', 'password = "xxxxxxxxxxx"\n'),
        ("config['secret'] = 'q1w2e3r4t5'\n", "config['secret'] = 'xxxxxxxxxx'\n"),
        ('api_key: "a8f3kq92jd8s7sk2"\n', 'api_key: "xxxxxxxxxxxxxxxx"\n'),
        ('key = "AKIAQ3EGUOJTQ5RVZX7M"\n', 'key = "xxxxxxxxxxxxxxxxxxxx"\n'),
        ('url = "https://bob:s3cr3tpw9@host/"\n', 'url = "https://xxx:xxxxxxxxx@host/"\n'),
        ("# Author: ada.l@lovelace.io\n", "# Author: xxx.x@xxxxxxxx.xx\n"),
    ],
)
def test_secrets_are_hidden_in_their_own_length(text: str, expected: str) -> None:
    cleaned = redacted(text)
    assert cleaned is not None
    assert (cleaned.text, cleaned.count) == (expected, 1)


def test_none_of_sixty_secrets_is_left_in_any_place() -> None:
    for case in CASES:
        cleaned = redacted(f"a\n{case.line}\nb\n")
        assert cleaned is not None and not case.secret.is_in(cleaned.text), case.line
    assert len(SECRETS) == 60


PARSED = [case for case in CASES if case.place in ("Python", "header", "address")][::7]


@pytest.mark.parametrize("case", PARSED, ids=lambda case: f"{case.place}: {case.secret.kind}")
def test_what_is_left_still_parses(case) -> None:
    cleaned = redacted(case.line)
    assert cleaned is not None
    ast.parse(cleaned.text)


@pytest.mark.parametrize(
    "text",
    [
        'password = "changeme1"\n',
        'password = "example-password-1"\n',
        'password = get("PASSWORD_1")\n',
        'secret = "{secret_2}"\n',
        'token_type = "identifier"\n',
        'url = "https://host:8080/path"\n',
        'MARK = "-----BEGIN RSA PRIVATE KEY-----"\nparse(MARK)\n',
        "git clone git@github.com:a/b.git\n",
        "mail = 'user@example.com'\n",
        '<img src="logo@2x.png">\n',
        "@decorator\ndef f(): pass\n",
    ],
)
def test_ordinary_code_is_left_alone(text: str) -> None:
    cleaned = redacted(text)
    assert cleaned is not None
    assert (cleaned.text, cleaned.count) == (text, 0)


def test_a_private_key_drops_the_file() -> None:
    assert redacted(f'K = """-----BEGIN RSA PRIVATE KEY-----\n{KEY}\n"""\n') is None


def test_a_megabyte_on_one_line_takes_no_quadratic_time() -> None:
    text = 'password = "' + "a1" * 500_000 + '"\n'
    cleaned = redacted(text)
    assert cleaned is not None
    assert len(cleaned.text) == len(text)


def test_another_detector_finds_nothing_in_what_is_left() -> None:
    """detect-secrets, which is told to try nothing it finds at any service."""
    pytest.importorskip("detect_secrets")
    from detect_secrets.core.scan import scan_line
    from detect_secrets.settings import transient_settings

    plugins = [
        "AWSKeyDetector", "AzureStorageKeyDetector", "BasicAuthDetector", "GitHubTokenDetector",
        "GitLabTokenDetector", "JwtTokenDetector", "NpmDetector", "OpenAIDetector",
        "PypiTokenDetector", "SendGridDetector", "SlackDetector", "SquareOAuthDetector",
        "StripeDetector", "TelegramBotTokenDetector", "TwilioKeyDetector", "KeywordDetector",
    ]  # fmt: skip
    found = theirs = 0
    with transient_settings({"plugins_used": [{"name": name} for name in plugins]}):
        for case in CASES:
            theirs += bool(list(scan_line(case.line)))
            cleaned = redacted(case.line)
            assert cleaned is not None
            values = [one.secret_value or "" for one in scan_line(cleaned.text)]
            hidden = [
                value for value in values if not set(value) <= set("x_-./:=+@$" + string.digits)
            ]
            found += len([value for value in hidden if case.secret.is_in(value)])
    assert found == 0 and theirs > 300 and all(find(case.line) for case in CASES)
