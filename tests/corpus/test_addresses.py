"""Addresses of somebody are found; what stands for nobody, and what only looks alike, is not."""

from __future__ import annotations

import pytest

from codecomplete.corpus.addresses import find
from codecomplete.corpus.redaction import redacted


def found(text: str) -> list[str]:
    return [text[begin:end] for begin, end in find(text)]


@pytest.mark.parametrize(
    "address",
    ["93.184.216.34", "81.2.69.142", "2.125.160.216", "217.0.43.1", "2a02:8071:2ca0::17",
     "2001:4860:4860::8888", "2003:e1:bf1a:6400:91d2:77cc:30aa:9e01"],
)  # fmt: skip
@pytest.mark.parametrize(
    "line",
    ["HOST = '{}'\n", "connect({!r}, 80)", "# at {}.", "http://{}/x", "{} - - [10/Oct/2000]",
     "if peer == '{}':", "ssh root@host # {}", "({})", "{},"],
)  # fmt: skip
def test_addresses_of_machines_are_found_in_any_place(address: str, line: str) -> None:
    if ":" in address and "//" in line:
        address_in_place = line.replace("{}", f"[{address}]")
    else:
        address_in_place = line.replace("{!r}", f"'{address}'").replace("{}", address)
    assert found(address_in_place) == [address]


def test_a_port_and_a_prefix_length_stay_beside_it() -> None:
    cleaned = redacted("a = '93.184.216.34:8080'\nb = '81.2.69.142/24'\n")
    assert cleaned is not None
    assert (cleaned.text, cleaned.count) == ("a = 'xx.xxx.xxx.xx:8080'\nb = 'xx.x.xx.xxx/24'\n", 2)


@pytest.mark.parametrize(
    "text",
    [
        "127.0.0.1", "0.0.0.0", "255.255.255.0", "10.1.2.3", "192.168.178.20", "172.16.0.9",
        "169.254.169.254", "192.0.2.55", "198.51.100.7", "203.0.113.99", "239.255.255.250",
        "8.8.8.8", "1.1.1.1", "::1", "fe80::1", "2001:db8::1", "fd00::17", "2001:db8:85a3::7334",
    ],
)  # fmt: skip
def test_addresses_of_nobody_stay(text: str) -> None:
    assert found(f"host = '{text}'") == []


@pytest.mark.parametrize(
    "text",
    [
        "version = '1.2.3.4'", "__version__ = '12.4.119.7'", "VERSION: 2.60.4.128", "v1.2.3.104",
        "requests==1.2.3.104", "foo>=4.55.6.7", "wheel-1.2.3.104.tar.gz", "libfoo.so.1.2.3.104",
        "Chrome/91.0.77.124", "see section 5.100.2.1", "1.3.6.1.4.1.311", "2.5.29.17",
        "OID 1.2.250.1", "since release 7.0.0.200", "300.1.2.3", "01.02.03.200", "1.2.3.104-beta",
        "std::array", "a::b::c", "dead::beef", "12:30:45", "aa:bb:cc:dd:ee:ff", "2020:10:11",
        "20201011:123", "x[2000:3000]", "x[2000::2]", "d = {2000:3}",
    ],
)  # fmt: skip
def test_what_is_written_alike_stays(text: str) -> None:
    assert found(text) == []


def test_mail_of_people_is_found_and_of_nobody_is_not() -> None:
    assert found("Ada <ada.l@lovelace.io>, user@example.com, git@github.com") == [
        "ada.l@lovelace.io"
    ]


def test_a_megabyte_of_numbers_takes_no_quadratic_time() -> None:
    for unit in ("1.", "1.2.3.", "2001:", "93.184.216.34 "):
        find(unit * (1_000_000 // len(unit)))
