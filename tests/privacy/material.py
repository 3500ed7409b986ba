"""Sixty secrets that nobody has, and the places in which such things stand.

Each secret is made from a fixed seed in the form that its service gives it; each place is a line of
one of the languages that are served, of a shell, a header or a file of settings.
"""

from __future__ import annotations

import base64
import random
import string
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import quote

UPPER, LOWER, DIGITS = string.ascii_uppercase, string.ascii_lowercase, string.digits
ALNUM, HEX = UPPER + LOWER + DIGITS, DIGITS + "abcdef"
PART = 5
"""So many characters of a secret in a row, after what all of its kind begin with, are a part."""


@dataclass(frozen=True, slots=True)
class Secret:
    """``public`` is what all of its kind begin with."""

    kind: str
    public: str
    body: str
    name: str = "api_key"

    @property
    def value(self) -> str:
        return self.public + self.body

    def parts(self) -> set[str]:
        """Everything of it that must not be seen."""
        body = self.body
        return {body[i : i + PART] for i in range(max(1, len(body) - PART + 1))}

    def is_in(self, text: str) -> bool:
        """Whether any part of it is."""
        return any(part in text for part in self.parts())


SERVICES = [
    # kind, what all of it begin with, alphabet, how much follows
    ("GitHub", "ghp_", ALNUM, 36), ("GitHub OAuth", "gho_", ALNUM, 36),
    ("GitHub fine-grained", "github_pat_", ALNUM, 60), ("GitLab", "glpat-", ALNUM, 20),
    ("Slack bot", "xoxb-", DIGITS + LOWER, 40), ("Slack user", "xoxp-", DIGITS + LOWER, 50),
    ("Google", "AIza", ALNUM, 35), ("Google OAuth", "ya29.", ALNUM, 60),
    ("Google client", "GOCSPX-", ALNUM, 28), ("Stripe live", "sk_live_", ALNUM, 24),
    ("Stripe restricted", "rk_live_", ALNUM, 24), ("Stripe webhook", "whsec_", ALNUM, 32),
    ("Anthropic", "sk-ant-api03-", ALNUM, 80), ("OpenAI project", "sk-proj-", ALNUM, 60),
    ("OpenAI", "sk-", ALNUM, 48), ("Groq", "gsk_", ALNUM, 52), ("Hugging Face", "hf_", ALNUM, 34),
    ("npm", "npm_", ALNUM, 36), ("PyPI", "pypi-AgEIcHlwaS5vcmc", ALNUM, 80),
    ("RubyGems", "rubygems_", HEX, 48), ("DigitalOcean", "dop_v1_", HEX, 64),
    ("Shopify", "shpat_", HEX, 32), ("Square", "sq0csp-", ALNUM, 43),
    ("Linear", "lin_api_", ALNUM, 40), ("Figma", "figd_", ALNUM, 40),
    ("Docker", "dckr_pat_", ALNUM, 27), ("Grafana", "glsa_", ALNUM, 32),
    ("Databricks", "dapi", HEX, 32), ("Vault", "hvs.", ALNUM, 24),
    ("age", "AGE-SECRET-KEY-1", UPPER + DIGITS, 58), ("Twilio", "SK", HEX, 32),
    ("Telegram", "1234567890:AA", ALNUM, 33), ("SendGrid", "SG.", ALNUM, 22),
    ("Mailgun", "key-", HEX, 32),
]  # fmt: skip
PASSWORDS = (
    "hunter2", "Tr0ub4dor&3", "correct-horse-9", "s3cr3t!x", "P@ssw0rd!71", "letmein!42",
    "qwerty#77", "Summer2025!", "xK9#mQ2$vL", "horsebattery7staple", "zebra42Lamp", "moonlitgarden",
)  # fmt: skip
CLAIMS = b'{"sub":"8417","name":"Ada","iat":1516239022}'


def _some(luck: random.Random, alphabet: str, length: int) -> str:
    """With a digit near its beginning and of every kind that the alphabet has, as most have."""
    kinds = [
        [c for c in alphabet if c in kind] or list(alphabet) for kind in (LOWER, UPPER, DIGITS)
    ]
    found = "".join(luck.choice(alphabet) for _ in range(length - 4))
    return found[:3] + luck.choice(DIGITS) + found[3:] + "".join(map(luck.choice, kinds))


def _secrets() -> list[Secret]:
    luck = random.Random(20)

    def some(alphabet: str, length: int) -> str:
        return _some(luck, alphabet, length)

    made = [
        Secret("Amazon access key", "AKIA", some(UPPER + DIGITS, 16), "access_key"),
        Secret("Amazon temporary key", "ASIA", some(UPPER + DIGITS, 16), "access_key"),
        Secret("Amazon secret", "", some(ALNUM, 40), "secret_access_key"),
    ]
    for kind, public, alphabet, length in SERVICES:
        more = "." + some(ALNUM, 43) if kind == "SendGrid" else ""
        made.append(Secret(kind, public, some(alphabet, length) + more, "token"))
    claims = base64.urlsafe_b64encode(CLAIMS).decode().strip("=")
    header = "eyJhbGciOiJIUzI1NiJ9."
    made.append(Secret("JSON web token", header, f"{claims}.{some(ALNUM, 43)}", "token"))
    made += [Secret("password", "", word, "password") for word in PASSWORDS]
    unmarked = [
        ("hexadecimal, upper case", some(DIGITS + "ABCDEF", 32), "app_secret"),
        ("hexadecimal, 32", some(HEX, 32), "api_key"),
        ("hexadecimal, 40", some(HEX, 40), "auth_key"),
        ("hexadecimal, 64", some(HEX, 64), "client_secret"),
        ("UUID", str(uuid.UUID(int=luck.getrandbits(128), version=4)), "session_id"),
        ("base64, 44", base64.b64encode(luck.randbytes(32)).decode(), "secret_key"),
        ("letters and digits, 20", some(LOWER + DIGITS, 20), "access_token"),
        ("letters and digits, 16", some(ALNUM, 16), "client_secret"),
        ("long, upper case", some(UPPER + DIGITS, 24), "license_key"),
        ("grouped", "-".join(some(UPPER + DIGITS, 5) for _ in range(5)), "license_key"),
    ]
    return made + [Secret(kind, "", body, name) for kind, body, name in unmarked]


SECRETS = _secrets()


def _quoted(value: str, mark: str = '"') -> str:
    return value.replace("\\", "\\\\").replace(mark, "\\" + mark)


def _single(value: str) -> str:
    return _quoted(value, "'")


def _escaped(value: str) -> str:
    return quote(value, "")


def _shell(value: str) -> str:
    return (
        value
        if value.replace("-", "").replace("_", "").replace(".", "").isalnum()
        else f"'{value}'"
    )


def _camel(name: str) -> str:
    first, *others = name.split("_")
    return first + "".join(other.title() for other in others)


Place = Callable[[Secret], tuple[str, str]]
"""The text of a line before the secret, and after it."""


def _place(before: str, after: str) -> Place:
    def place(secret: Secret) -> tuple[str, str]:
        names = {"name": secret.name, "NAME": secret.name.upper(), "camel": _camel(secret.name),
                 "dashed": secret.name.replace("_", "-")}  # fmt: skip
        return before.format(**names), after.format(**names)

    return place


PLACES: dict[str, tuple[str, str | None, Place, Callable[[str], str]]] = {
    "Python": (".py", "python", _place('{name} = "', '"'), _quoted),
    "Python, attribute": (".py", "python", _place("        self.{name}: str = '", "'"), _single),
    "Java": (".java", "java", _place('    private static final String {NAME} = "', '";'), _quoted),
    "C": (".c", "c", _place('static const char {name}[] = "', '";'), _quoted),
    "C++": (".cpp", "cpp", _place('std::string {name}{{"', '"}};'), _quoted),
    "Go": (".go", "go", _place('\t{camel} := "', '"'), _quoted),
    "Rust": (".rs", "rust", _place('    let {name}: &str = "', '";'), _quoted),
    "TypeScript": (".ts", "typescript", _place("const {camel}: string = '", "';"), _single),
    "JavaScript object": (".js", "javascript", _place('  {camel}: "', '",'), _quoted),
    "PHP": (".php", "php", _place("define('{NAME}', '", "');"), _single),
    "Kotlin": (".kt", "kotlin", _place('val {camel}: String = "', '"'), _quoted),
    "JSON": (".json", None, _place('  "{name}": "', '",'), _quoted),
    "YAML": (".yaml", None, _place("  {name}: ", ""), _shell),
    "shell": (".sh", None, _place("export {NAME}=", ""), _shell),
    "command line": (".sh", None, _place("tool --{dashed}=", " run"), _shell),
    "address": (".py", "python", _place('url = "postgres://ada:', '@db.example/app"'), _escaped),
    "header": (".py", "python", _place('headers = {{"X-Api-Key": "', '"}}'), _quoted),
    "positional": (".py", "python", _place('client.connect("admin", "', '")'), _quoted),
}  # fmt: skip
"""By name: the file's ending, its language, the line, and how the secret is written in it."""
