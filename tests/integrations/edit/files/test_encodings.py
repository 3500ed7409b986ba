"""Which encoding a file is in, and that nothing is lost whichever is found."""

from __future__ import annotations

import pytest
from hypothesis import given, settings

from codecomplete.integrations.edit.files.encodings import (
    BOMS,
    ENCODINGS,
    as_bytes,
    canonical,
    decode,
    decode_as,
    encode,
)

from .material import files

LATIN = "Müller & Söhne, größer als früher\n"
WINDOWS = "“Müller” – 5 €\n"
C = '#include "é.h"\r\nint main(void) { return 0; }\r\n'


@pytest.mark.parametrize(
    ("data", "encoding", "bom"),
    [
        (b"", "utf-8", b""),
        (b"plain\n", "utf-8", b""),
        (LATIN.encode(), "utf-8", b""),
        (LATIN.encode("utf-8-sig"), "utf-8", BOMS["utf-8"]),
        (LATIN.encode("latin-1"), "latin-1", b""),
        (WINDOWS.encode("windows-1252"), "windows-1252", b""),
        (b"\x81\x8d caf\xe9", "latin-1", b""),  # not in Windows-1252
        (BOMS["utf-16-le"] + C.encode("utf-16-le"), "utf-16-le", BOMS["utf-16-le"]),
        (BOMS["utf-16-be"] + C.encode("utf-16-be"), "utf-16-be", BOMS["utf-16-be"]),
        (C.encode("utf-16-le"), "utf-16-le", b""),
        (C.encode("utf-16-be"), "utf-16-be", b""),
        ("Ābols Āfrika Ātrums\n".encode("utf-16-le") * 3, "utf-16-le", b""),  # Ā is U+0100
        ("中文".encode("utf-16-le"), "windows-1252", b""),  # nothing tells
        (b"a\0b\0", "utf-8", b""),  # too short to tell
        (b"a\0b\0c\0d\0e", "utf-8", b""),  # an odd number of bytes
        (b"\0" * 100, "utf-8", b""),
        (bytes([1, 0, 2, 0, 65, 0, 66, 0]) * 9, "utf-8", b""),  # numbers of 16 bits
        (b"MZ\x90\0\3\0\0\0\4\0\0\0\xff\xff\0\0", "latin-1", b""),
    ],
)
def test_the_encoding_is_found(data, encoding, bom):
    found = decode(data)
    assert (found.encoding, found.bom) == (encoding, bom)


@pytest.mark.parametrize(("good", "bad", "encoding"), [(9, 1, "utf-8"), (1, 9, "latin-1")])
def test_a_few_bad_bytes_leave_a_file_utf8(good, bad, encoding):
    found = decode("é".encode() * good + b" \xe9" * bad)
    assert found.encoding == encoding
    assert found.text.count("é") == (good if encoding == "utf-8" else bad)


@settings(max_examples=300)
@given(files)
def test_nothing_is_lost(data):
    found = decode(data)
    assert found.encoding in ENCODINGS
    assert found.bom + encode(found.text, found.encoding) == data
    assert encode(as_bytes(data).text, as_bytes(data).encoding) == data


@pytest.mark.parametrize("name", ENCODINGS)
def test_a_file_can_be_read_as_the_user_says(name):
    found = decode_as(BOMS.get(name, b"") + "café".encode(name), name)
    assert (found.text, found.bom) == ("café", BOMS.get(name, b""))


def test_reading_it_as_what_it_is_not_is_an_error():
    with pytest.raises(UnicodeDecodeError):
        decode_as(b"odd", "utf-16-le")


def test_bad_bytes_are_kept_in_what_the_user_says_is_utf8():
    assert encode(decode_as(b"caf\xe9", "utf-8").text, "utf-8") == b"caf\xe9"


@pytest.mark.parametrize(
    ("alias", "name"),
    [("UTF8", "utf-8"), ("cp1252", "windows-1252"), ("iso-8859-1", "latin-1"), ("u16", None)],
)
def test_aliases_are_understood(alias, name):
    if name is None:
        with pytest.raises(ValueError, match="is none of"):
            canonical(alias)
    else:
        assert canonical(alias) == name
