"""Secrets are cut, private keys drop the file, ordinary code is left alone."""

from __future__ import annotations

import pytest

from codecomplete.corpus.redaction import cut_secrets

KEY = "MIIEpAIBAAKCAQEAxyz0123456789abcdefghijklmnopqrstuvwx"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('password = "hunter2!Zq9"\n', 'password = ""\n'),
        ("config['secret'] = 'q1w2e3r4t5'\n", "config['secret'] = ''\n"),
        ('api_key: "a8f3kq92jd8s7sk2"\n', 'api_key: ""\n'),
        ('key = "AKIAQ3EGUOJTQ5RVZX7M"\n', 'key = ""\n'),
        ('url = "https://bob:s3cr3tpw9@host/"\n', 'url = "https://bob:@host/"\n'),
        (f't = "ghp_{"16C7e42F292c6912E7710c838347Ae178B4a"}"\n', 't = ""\n'),
    ],
)
def test_secrets_are_cut(text: str, expected: str) -> None:
    cleaned = cut_secrets(text)
    assert cleaned is not None
    assert (cleaned.text, cleaned.count) == (expected, 1)


@pytest.mark.parametrize(
    "text",
    [
        'password = "changeme1"\n',
        'password = "example-password-1"\n',
        'password = get("PASSWORD_1")\n',
        'secret = "{secret_2}"\n',
        'token_type = "identifier"\n',
        'digest = "9f86d081884c7d659a2feaa0c55ad015"\n',
        'url = "https://host:8080/path"\n',
        'MARK = "-----BEGIN RSA PRIVATE KEY-----"\nparse(MARK)\n',
    ],
)
def test_ordinary_code_is_left_alone(text: str) -> None:
    cleaned = cut_secrets(text)
    assert cleaned is not None
    assert (cleaned.text, cleaned.count) == (text, 0)


def test_a_private_key_drops_the_file() -> None:
    assert cut_secrets(f'K = """-----BEGIN RSA PRIVATE KEY-----\n{KEY}\n"""\n') is None


def test_a_megabyte_on_one_line_takes_no_quadratic_time() -> None:
    text = 'password = "' + "a1" * 500_000 + '"\n'
    cleaned = cut_secrets(text)
    assert cleaned is not None
    assert cleaned.text == text
