"""From a client's JSON to settings."""

from __future__ import annotations

from dataclasses import fields

import pytest

from codecomplete.integrations.lsp.settings import _CHECKS, Settings, settings


def test_every_setting_is_checked_and_explains_itself():
    assert {one.name for one in fields(Settings)} == set(_CHECKS)
    assert all(one.metadata["help"].endswith(".") for one in fields(Settings))


def test_defaults_pass_their_own_checks():
    default = Settings()
    for name, (good, _) in _CHECKS.items():
        assert good(getattr(default, name)), name


def test_the_last_source_counts_and_both_spellings_are_one():
    found, problems = settings({"max_tokens": 5, "threshold": 0.5}, {"maxTokens": 9}, None, [])
    assert (found.max_tokens, found.threshold, problems) == (9, 0.5, [])


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("max_tokens", 0), ("max_tokens", True), ("max_tokens", 1.5), ("deadline_ms", 0),
        ("deadline_ms", "80"), ("threshold", 1.1), ("threshold", True), ("debounce_ms", -1),
        ("project", 1), ("model", 5), ("enabled", None), ("languages", ["python"]),
        ("languages", {"python": 1}), ("completion", "often"), ("max_line", None), ("typo", 1),
    ],
)  # fmt: skip
def test_what_makes_no_sense_is_named_and_keeps_its_default(name, value):
    found, problems = settings({name: value})
    assert found == Settings()
    assert len(problems) == 1 and name in problems[0]
