"""Files whose whole content is secret, recognised by their names and folders.

Nothing in them is suggested, learned or used in training. Knows names, not contents.
"""

from __future__ import annotations

import re

from ..patterns import pattern

NAMES = (
    r"\.env", r"\.env\..*", r".*\.env", r"\.envrc", r"\.flaskenv", r"\.htpasswd", r"[._]netrc",
    r"\.npmrc", r"\.pgpass", r"\.my\.cnf", r"\.pypirc", r"\.git-credentials", r"\.dockercfg",
    r"\.vault[-_]?pass\w*", r"credentials", r"credentials\..*", r"kubeconfig", r"id_[a-z0-9_]+",
    r"secrets?\.(?:json|ya?ml|toml|ini|xml|csv|txt|properties|env)", r".*\.asc", r".*\.gpg",
    r".*\.jks", r".*\.kdbx", r".*\.key", r".*\.keystore", r".*\.p12", r".*\.p8", r".*\.pem",
    r".*\.pfx", r".*\.ppk", r".*\.tfstate(?:\.backup)?", r".*\.tfvars",
    r"service[-_]?account.*\.json",
)  # fmt: skip
FOLDERS = ("/.ssh/", "/.aws/", "/.azure/", "/.gnupg/", "/.kube/", "/.docker/", "/.password-store/")
_NAMES = pattern("|".join(f"(?:{name})" for name in NAMES), re.IGNORECASE)


def is_private(path: str) -> bool:
    """Whether a file's name or folder suggests that it contains secrets.

    >>> is_private("/srv/app/.env.local"), is_private("/srv/app/secrets.py")
    (True, False)
    """
    name = re.split(r"[/\\]", path)[-1]
    if name.startswith("<"):
        return False  # no file has this name
    folder = path.replace("\\", "/")
    return (
        bool(_NAMES.fullmatch(name))
        or any(private in folder for private in FOLDERS)
        or folder.startswith("/dev/shm/")
    )
