"""Keys and passwords are found; ordinary code is left as it is."""

from __future__ import annotations

from pathlib import Path

import pytest

from codecomplete.engine.privacy.secrets import find, without
from codecomplete.engine.suggestions.clean import clean
from tests.patience import work_below

ROOT = Path(__file__).parents[3]
HEX = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
SECRETS = [
    'key = "{}"', "AKIAIOSFODNN7REALKEY",
    'aws = "{}"', "wJalrXUtnFEMI/K7MDENG/bPxRfiCYzK9mQ2tRnV",
    "export TOKEN={}", "ghp_16C7e42F292c6912E7710c838347Ae178B4a",
    "https://{}@host.org/x", "alice:hunter2wins",
    'password = "{}"', "correct-horse-9",
    "{{'api_key': '{}'}}", "k3y-0f-d00m",
    'digest = "{}"', HEX,
    "jwt = '{}'", "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0",
    "{}", "-----BEGIN RSA PRIVATE KEY-----\nMIIEow\nabc\n-----END RSA PRIVATE KEY-----",
]  # fmt: skip
PAIRS = list(zip(SECRETS[::2], SECRETS[1::2], strict=True))


@pytest.mark.parametrize(("around", "secret"), PAIRS)
def test_a_secret_is_left_out_and_the_rest_stays(around, secret):
    left = without(f"before()\n{around.format(secret)}\nafter()\n")
    assert secret not in left
    assert left == f"before()\n{around.format('')}\nafter()\n"


@pytest.mark.parametrize(("around", "secret"), PAIRS)
def test_a_secret_is_not_suggested(around, secret):
    line, _, rest = around.format(secret).partition(secret[:1])
    assert secret not in clean(secret[:1] + rest, "", line)


@pytest.mark.parametrize(
    ("line", "text"),
    [
        ("export AWS_SECRET_ACCESS_KEY=", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYzz19QQabc1"),
        ("export PASSWORD=hunt", "er2ee"),
        ("PASSWORD='", "hunter2ee'"),
        ("local password=", "hunter2ee"),
        ("x=${PASSWORD:-", "hunter2ee}"),
        ('curl -H "Authorization: Bearer abcd', 'EFGH1234ijklMNOP5678"'),
        ("password = [[", "hunter2ee]]"),
        ("The password is `", "hunter2ee`."),
    ],
)
def test_the_value_of_a_secret_in_a_script_is_not_suggested(line, text):
    assert not any(text[:length] in clean(text, "", line) for length in (4, len(text)))


def test_a_line_of_a_key_is_found_without_its_frame():
    line = "MIIEpAIBAAKCAQEAy8Dbv8prpJ4vL1xk0ZcG0WcQ7n0V0c1z4Vtq1mGmR0oJbJc9"
    assert without(f"a\n{line}\nb\n") == "a\n\nb\n"


@pytest.mark.parametrize(
    "text",
    [
        'password = "password"', 'token = "<your token>"', 'api_key = os.environ["API_KEY"]',
        'secret = "changeme"', "https://example.org/a:b", 'name = "a_rather_long_identifier_name"',
        'token = "%s" % value', "x = f'{password}'", 'get("Authorization", "application/json")',
    ],
)  # fmt: skip
def test_placeholders_and_ordinary_strings_are_no_secrets(text):
    assert find(text) == []


def test_hardly_anything_of_this_project_is_taken_for_a_secret():
    paths = [path for part in ("engine", "integrations", "trainer") for path in
             (ROOT / part).rglob("*.py")]  # fmt: skip
    whole = sum(len(path.read_text()) for path in paths)
    lost = sum(end - begin for path in paths for begin, end in find(path.read_text()))
    assert lost < whole / 5000


def test_what_another_detector_finds_is_found():
    """detect-secrets knows these shapes; so do we."""
    secrets = pytest.importorskip("detect_secrets")
    from detect_secrets.core.scan import scan_line
    from detect_secrets.settings import transient_settings

    assert secrets
    plugins = ["AWSKeyDetector", "GitHubTokenDetector", "JwtTokenDetector", "BasicAuthDetector",
               "PrivateKeyDetector", "StripeDetector", "SlackDetector", "NpmDetector"]  # fmt: skip
    lines = [around.format(secret) for around, secret in PAIRS]
    lines += [
        "sk_live_ReTllpYQYfIZu2Jnf2lAPFjD", "xoxb-34532454-e039d02840a0b9379c",
        "//registry.npmjs.org/:_authToken=npm_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
    ]  # fmt: skip
    with transient_settings({"plugins_used": [{"name": name} for name in plugins]}):
        theirs = {line for line in lines if list(scan_line(line))}
    assert len(theirs) >= 5
    assert all(find(line) for line in theirs)


HARD = [
    "username" * 240, "api_key=" * 250, "password" * 250, "curl " * 400, "mysql -u x " * 180,
    'password = "' + "a" * 1_980, 'login("a", ' * 180, "://a:" * 400, "token: " * 280, "a-" * 1_000,
    'x("password", ' * 140, "<password>" * 200, "-----BEGIN PRIVATE KEY-----" * 70, "\\\"" * 1_000,
    "password" + " " * 1_980, "password:" + " " * 1_980, "password" + " \t" * 900 + "x",
    "local -r " * 220 + "password=", "password `" * 220,
    "|password|" * 200, "${token:-" * 220, "[" * 900 + "password=" + "[" * 900,
    'secret: ' + "username" * 6 + "!", "sk-" * 660, "eyJaaaaaaaa." * 160, "A" * 2_000, "ab1" * 660,
]  # fmt: skip


@pytest.mark.parametrize("line", HARD, ids=lambda line: line[:12])
def test_no_line_takes_long_to_look_through(line):
    """Whoever writes a file may write it so that searching it is hard."""
    with work_below(2.0):  # some milliseconds; a guard against growth
        find(line)
        find(line, cut_off=True)


WRITTEN = [
    line.split("\t")
    for line in (ROOT / "tests" / "privacy" / "lines.txt").read_text(encoding="utf-8").splitlines()
]
"""Lines of many languages and tools as they are written, and the secret that stands at their {}."""


@pytest.mark.parametrize(("around", "secret"), WRITTEN, ids=[line for line, _ in WRITTEN])
def test_a_secret_is_found_however_it_is_written(around, secret):
    before, _, after = around.partition("{}")
    line = before + secret + after
    begin, end = len(before), len(before) + len(secret)
    covered = {place for first, last in find(line) for place in range(first, last)}
    assert set(range(begin, end)) <= covered
    assert len(covered) <= len(secret) + 20  # the rest of the line stays


@pytest.mark.parametrize(
    "text",
    [
        'password = (\n    "hunter2x"\n)\n',
        '{\n  "api_key":\n    "a8f3kq92jd8s7sk2"\n}\n',
        "env:\n  - name: DB_PASSWORD\n    value: hunter2x\n",
        "const token =\n  'a8f3kq92jd8s7sk2';\n",
        'String password =\n        "hunter2x";\n',
        "$config['password'] =\n  'hunter2x';\n",
    ],
)
def test_a_value_on_the_next_line_is_found(text):
    spans = find(text)
    assert [text[begin:end] for begin, end in spans] in (["hunter2x"], ["a8f3kq92jd8s7sk2"])


@pytest.mark.parametrize(
    "text",
    [
        'mysqli_connect("localhost", "root", "", "shop")', 'connect("clicked", "on_click")',
        "hash(password, 'sha256')", 'password.encode("utf-8")', 'key = "name"', 'key="user_id"',
        "password:\n    Optional[str]", 'login("ada", remember=True)', "return key, value",
        'os.path.join(key, "x.json")', '{"name": "size", "value": "12"}', "monkey = turkey",
        "for key in keys:\n    value = key", 'connect("localhost", 8080)', "password required",
        "sort(key=lambda x: x[1])", "Token token2 = next();",
        'signal.connect("notify::active", self.on_active2)',
        "export PASSWORD=$1", "PASSWORD=$(cat /run/secrets/pw)", 'local token="$1"',
        'PASSWORD="${PASSWORD:-}"', "local token = get_token()", "x=${PASSWORD:-$1}",
        'read -rs -p "Password: " PASSWORD', "-- local password storage", "keys = [[name]]",
        "The password is `required` here.", "| `password` | required |", "Pass `-Dkey2=no3` to it.",
        "**Password:** see below", 'echo "$PASSWORD" | docker login --password-stdin',
    ],
)  # fmt: skip
def test_ordinary_lines_of_the_same_shapes_are_left_alone(text):
    assert find(text) == []
