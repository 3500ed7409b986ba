"""Code that is not suggested because it opens a security hole: a small list for each language.

Each entry is a pattern that is common in tutorials and that reviews reject: unverified TLS, loaders
that run what they load, commands and queries built from strings, C functions that do not know the
length of a buffer, and downloads piped into a shell. This is not an analysis: users who already
write such code in the same file get it suggested like any other.

Works on text only.
"""

from __future__ import annotations

from ..patterns import pattern

_PYTHON = (
    r"\bverify\s*=\s*False\b",
    r"\bcheck_hostname\s*=\s*False\b",
    r"\bCERT_NONE\b",
    r"_create_unverified_context\b",
    r"\byaml\.(?:unsafe_|full_)?load(?:_all)?\((?![^)\n]*\b(?:Safe|CSafe)Loader)",
    r"\b(?:c?[pP]ickle|marshal|shelve|dill)\.(?:loads?|open)\(",
    r"\b(?:eval|exec)\(\s*(?:input|request|sys\.argv|raw_input)",
    r"\bos\.(?:system|popen)\(\s*(?:f[\"']|[\"'][^\"'\n]*[\"']\s*(?:%|\+|\.format))",
    r"\bshell\s*=\s*True\b",
    r"\.execute(?:many)?\(\s*(?:f[\"']|[\"'][^\"'\n]*[\"']\s*(?:%|\+|\.format))",
    r"\btempfile\.mktemp\(",
    r"\bhashlib\.(?:md5|sha1)\(\s*\w*passw",
    r"\bAutoAddPolicy\(",
    r"\bextractall\(\s*\)",
)
_C = (
    r"\bgets\s*\(",
    r"\b(?:strcpy|strcat|sprintf|vsprintf)\s*\(",
    r"\bscanf\s*\(\s*\"[^\"\n]*%s",
    r"\b(?:printf|syslog)\s*\(\s*argv\b",
    r"\b(?:tmpnam|mktemp)\s*\(",
    r"\bsystem\s*\(\s*argv\b",
    r"\bSSL_VERIFY_NONE\b",
)
_JAVA = (
    r"\bALLOW_ALL_HOSTNAME_VERIFIER\b",
    r"\bNoopHostnameVerifier\b",
    r"\bTrustAll\w*",
    r"\bnew\s+ObjectInputStream\s*\(",
    r"\bgetInstance\(\s*\"(?:DES|RC4|MD5|SHA-?1|AES/ECB[^\"]*)\"",
    r"\bexecute(?:Query|Update)?\(\s*\"[^\"\n]*\"\s*\+",
    r"\bRuntime\.getRuntime\(\)\.exec\(\s*\"[^\"\n]*\"\s*\+",
)
_JAVASCRIPT = (
    r"\brejectUnauthorized\s*:\s*false\b",
    r"\bNODE_TLS_REJECT_UNAUTHORIZED\b",
    r"\beval\s*\(",
    r"\bnew\s+Function\s*\(",
    r"\.innerHTML\s*=",
    r"\bdocument\.write\s*\(",
    r"\bdangerouslySetInnerHTML\b",
    r"\bexec(?:Sync)?\(\s*(?:`[^`\n]*\$\{|[\"'][^\"'\n]*[\"']\s*\+)",
)
_PHP = (
    r"\beval\s*\(",
    r"\bunserialize\s*\(\s*\$_",
    r"\b(?:system|exec|shell_exec|passthru|include|require)\s*\(?\s*\$_",
    r"\becho\s+\$_(?:GET|POST|REQUEST)",
    r"\bCURLOPT_SSL_VERIFY(?:PEER|HOST)\s*,\s*(?:false|0)",
    r"\bmysql(?:i)?_query\(\s*[^)\n]*\"[^\"\n]*\"\s*\.",
)
_GO = (r"\bInsecureSkipVerify\s*:\s*true\b", r"\bexec\.Command\(\s*\"(?:ba)?sh\"\s*,\s*\"-c\"")
_RUST = (r"\bdanger_accept_invalid_\w+\(\s*true", r"\bmem::transmute\b")
_SHELL = (
    r"\bcurl\b[^\n|;]*\s(?:-[a-zA-Z]*k[a-zA-Z]*|--insecure)(?!\S)",
    r"\bwget\b[^\n|;]*\s--no-check-certificate\b",
    r"\b(?:curl|wget)\b[^\n|]*\|\s*(?:sudo\s+)?(?:ba|da|k|z)?sh\b",
    r"\bStrictHostKeyChecking[= ]no\b",
    r"\bchmod\s+(?:-R\s+)?(?:0?777|a\+rwx)\b",
    r"\beval\s+[\"']?\$(?:\{?[1-9@*]|\(\s*(?:curl|wget)\b)",
    r"\brm\s+-[a-zA-Z]*[rR][a-zA-Z]*\s+[\"']?(?:/|~|\$\{?\w+\}?/)[\"']?\*?(?!\S)",
)
_LUA = (
    r"\b(?:os\.execute|io\.popen)\s*\([^)\n]*\.\.",
    r"\bload(?:string)?\s*\(\s*(?:io\.read|arg\b)",
)

_BY_LANGUAGE = {
    "python": _PYTHON,
    "c": _C,
    "cpp": _C,
    "java": _JAVA,
    "kotlin": _JAVA,
    "javascript": _JAVASCRIPT,
    "typescript": _JAVASCRIPT,
    "php": _PHP,
    "go": _GO,
    "rust": _RUST,
    "shell": _SHELL,
    "lua": _LUA,
}
_PATTERNS = {name: [pattern(shape) for shape in shapes] for name, shapes in _BY_LANGUAGE.items()}

LOOKED_AT = 20_000
"""Characters on either side of the caret in which such code of the user's counts."""


def is_unsafe(line: str, text: str, before: str, after: str, language: str | None) -> bool:
    """Whether a suggestion after ``line`` completes a pattern of the list that does not occur
    around the caret.

    >>> is_unsafe("requests.get(url, ver", "ify=False)", "", "", "python")
    True
    """
    whole = line + text
    for shape in _PATTERNS.get(language or "", ()):
        match = shape.search(whole)
        if match is None or match.end() <= len(line):
            continue
        if not shape.search(before[-LOOKED_AT:]) and not shape.search(after[:LOOKED_AT]):
            return True
    return False
