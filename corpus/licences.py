"""Which licences allow training, and which licence a file's header declares.

A package's licence comes from the list of packages; this module only reads text. It guards against
mistakes; it is not a legal opinion.
"""

from __future__ import annotations

import re

PERMISSIVE: frozenset[str] = frozenset(
    """
    0BSD Apache-2.0 BSD-1-Clause BSD-2-Clause BSD-2-Clause-Patent BSD-3-Clause
    BSD-3-Clause-Clear BSL-1.0 CC0-1.0 curl HPND ICU ImageMagick ISC libpng-2.0 MIT MIT-0
    MIT-CMU NCSA Net-SNMP OpenSSL PHP-3.01 PostgreSQL PSF-2.0 Python-2.0 Ruby SSH-OpenSSH TCL
    Unicode-DFS-2016 Unlicense UPL-1.0 W3C X11 Zlib blessing
    LicenseRef-Biopython-License-Agreement LicenseRef-matplotlib
    """.split()
)
"""SPDX identifiers that allow use in any product for no more than attribution."""


def is_permissive(expression: str) -> bool:
    """Whether permissive licences alone can satisfy an SPDX expression.

    An ``OR`` needs one permissive side, an ``AND`` two. Expressions are read from left to right
    without precedence, which is stricter than necessary for those that packages use.

    >>> is_permissive("MIT OR GPL-2.0-only"), is_permissive("MIT AND GPL-2.0-only")
    (True, False)
    """
    alternatives = re.split(r"\s+OR\s+", expression.replace("(", " ").replace(")", " ").strip())
    return any(
        all(part.strip().split(" WITH ")[0] in PERMISSIVE for part in re.split(r"\s+AND\s+", side))
        for side in alternatives
    )


_SPDX = re.compile(
    r"SPDX-License-Identifier:\s*(\(?[\w.+-]+(?:\s+(?:OR|AND|WITH)\s+\(?[\w.+-]+\)*)*)"
)
_CONTRARY = re.compile(
    r"gnu (?:lesser |library |affero )?(?:general )?public license|\b(?:a|l)?gpl ?v?[23]\b"
    r"|mozilla public license|eclipse public license|common public license"
    r"|common development and distribution license|server side public license"
    r"|business source license|commons clause"
    r"|creative commons attribution-(?:noncommercial|sharealike)"
    r"|european union public licen[cs]e|microsoft reciprocal license"
    r"|for (?:non-?commercial|research|evaluation) (?:use|purposes) only"
    r"|proprietary and confidential"
)
_ALTERNATIVE = re.compile(
    r"alternatively|either of (?:these|the) licenses|either the|dual[ -]licen"
    r"|eclipse distribution license|you may choose"
)
_PERMISSIVE_NAMES = re.compile(r"\bbsd\b|\bmit\b|apache|eclipse distribution license|\bisc\b|zlib")
_NOISE = re.compile(r"[\s*#/;!]+")


def file_licence(header: str) -> str | None:
    """The SPDX expression that a file's header declares, or None."""
    match = _SPDX.search(header)
    return match.group(1).strip() if match else None


def is_contrary(header: str) -> bool:
    """Whether a header asks for more than attribution and offers no permissive alternative.

    Before names are matched, comment stars and line breaks between words are removed, because
    headers may be wrapped anywhere.
    """
    declared = file_licence(header)
    if declared is not None:
        return not is_permissive(declared) and _names_copyleft(declared)
    flat = _NOISE.sub(" ", header).lower()
    if not _CONTRARY.search(flat):
        return False
    return not (_ALTERNATIVE.search(flat) and _PERMISSIVE_NAMES.search(flat))


def _names_copyleft(expression: str) -> bool:
    return re.search(r"GPL|MPL|EPL|CDDL|CPL|SSPL|BUSL|EUPL|CC-BY|OSL", expression) is not None
