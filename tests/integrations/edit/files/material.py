"""Bytes and texts that are hard on an editor, and what tests ask of this process."""

from __future__ import annotations

import codecs
from pathlib import Path

from hypothesis import strategies as st

PIECES = [
    b"\n", b"\r\n", b"\r", b"\x00", b"\x0c", b"\x0b", b"\x1b[2J", b"\x1c", b"\x7f", b"\t", b" ",
    b"abc", b"int main() {", b"\xe9", b"\x80", b"\xff", b"\xa0", codecs.BOM_UTF8,
    *(one.encode() for one in "é € 中 😀 \x85 \x9b \u2028 \u2029 \u202e \u200b \ufe0f".split(" ")),
    *(one.encode() for one in "\ue000 \U000f0000 \U0010f800 \U0010fbff \U0010ffff".split(" ")),
    "😀\r\n".encode("utf-16-le"), "a\n\u2028".encode("utf-16-be"), "é\r".encode("utf-16-le"),
]  # fmt: skip
STARTS = [b"", codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE]

pieces = st.lists(st.sampled_from(PIECES), max_size=30).map(b"".join)
utf16 = st.builds(
    lambda text, order: text.encode(order),
    st.text(max_size=60),
    st.sampled_from(["utf-16-le", "utf-16-be"]),
)
files = st.builds(
    bytes.__add__, st.sampled_from(STARTS), st.one_of(pieces, pieces, utf16, st.binary(max_size=80))
)
"""Files of every kind that is supported, and of none."""

typed = st.text(
    st.one_of(
        st.sampled_from("ab \t\n\r\x1b\x00\x85\u2028\u202e\u200béж😀"),
        st.characters(max_codepoint=0xEFFFF),  # the editor's own code points mean nothing outside
    ),
    max_size=8,
)
"""What somebody types or pastes."""


def descriptors() -> int:
    """How many files this process has open."""
    return sum(1 for _ in Path("/proc/self/fd").iterdir())
