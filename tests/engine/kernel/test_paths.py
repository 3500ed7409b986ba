"""Every path of the kernel gives the same bits, for any number of rows and threads."""

from __future__ import annotations

import threading

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from codecomplete.engine.kernel import MOST_ROWS, KernelUnavailable, Native, native, open_kernel
from codecomplete.engine.kernel.reference import Numpy
from tests.engine.kernel.cases import BITS, CONFIGS, Case, Step, make_case

PATHS = list(native.paths(native.open_library()))


@pytest.fixture(scope="module", params=[(name, bits) for name in CONFIGS for bits in BITS], ids=str)
def case(request, tmp_path_factory) -> Case:
    name, bits = request.param
    return make_case(CONFIGS[name], bits, tmp_path_factory.mktemp("case"))


def equal(found: list[np.ndarray], wanted: list[np.ndarray]) -> bool:
    return all(np.array_equal(a, b) for a, b in zip(found, wanted, strict=True))


def test_this_machine_has_more_than_the_scalar_path():
    assert PATHS[0] == "scalar" and len(PATHS) > 1


def test_all_paths_and_numpy_give_the_same_bits(case):
    wanted = case.logits(Native("scalar"))
    assert all(np.isfinite(logits).all() for logits in wanted)
    assert np.concatenate(wanted).std() > 0.1
    for path in PATHS[1:]:
        assert equal(case.logits(Native(path)), wanted), path
    assert equal(case.logits(Numpy()), wanted)


@pytest.mark.parametrize("path", PATHS)
def test_a_token_does_not_see_how_many_run_with_it(case, path):
    steps = [one for one in case.script if isinstance(one, Step)]
    ids = max((step.ids for step in steps), key=len)
    assert len(ids) > 2
    program = Native(path).program(case.plan, case.weights)
    alone, together = program.state(), program.state()
    wanted = [alone.step([id_], place, place, 1)[0].copy() for place, id_ in enumerate(ids)]
    assert np.array_equal(together.step(ids, 0, 0, len(ids)), np.array(wanted))


@given(data=st.data())
@settings(max_examples=40, deadline=None)
def test_any_way_to_share_out_a_text_gives_the_same_bits(data, ours):
    ids = data.draw(st.lists(st.integers(0, 199), min_size=1, max_size=70))
    path = data.draw(st.sampled_from(PATHS))
    state = Native(path).program(ours.plan, ours.weights).state()
    past, found = 0, np.empty(0)
    while past < len(ids):
        count = min(data.draw(st.integers(1, MOST_ROWS)), len(ids) - past)
        wanted = data.draw(st.integers(1, count))
        found = state.step(ids[past : past + count], past, past, wanted)[-1].copy()
        past += count
    alone = Native("scalar").program(ours.plan, ours.weights).state()
    for place, id_ in enumerate(ids):
        expected = alone.step([id_], place, place, 1)[0]
    assert np.array_equal(found, expected)


@pytest.fixture(scope="module")
def ours(tmp_path_factory) -> Case:
    return make_case(CONFIGS["ours"], 8, tmp_path_factory.mktemp("ours"))


def test_a_roll_changes_no_bit(ours):
    ids = np.random.default_rng(3).integers(0, 200, 60).tolist()
    program = Native().program(ours.plan, ours.weights)
    rolled, whole = program.state(), program.state()
    for state in (whole, rolled):
        state.step(ids[:30], 0, 0, 0)
        state.step(ids[30:], 30, 30, 1)
    rolled.move(60 - 23, 23)
    found = rolled.step([7, 8, 9], 23, 60, 3).copy()
    assert np.array_equal(found, whole.step([7, 8, 9], 60, 60, 3))


@pytest.mark.parametrize("threads", [2, 3, 5])
def test_threads_change_no_bit(case, threads):
    assert equal(case.logits(Native(), threads), case.logits(Native()))


def test_a_pool_serves_sessions_of_several_threads(ours):
    wanted = ours.logits(Native())
    program = Native().program(ours.plan, ours.weights, threads=2)
    found: dict[int, list[np.ndarray]] = {}

    def run(number: int) -> None:
        found[number] = ours.logits_of(program.state())

    workers = [threading.Thread(target=run, args=(number,)) for number in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert all(equal(found[number], wanted) for number in range(4))


BAD_STEPS = {
    "no tokens": ([], 0, 0, 0),
    "too many tokens": ([1] * (MOST_ROWS + 1), 0, 0, 1),
    "a token below none": ([-1], 0, 0, 1),
    "a token beyond the vocabulary": ([200], 0, 0, 1),
    "more than fits": ([1, 2], 71, 0, 1),
    "a negative place": ([1], -1, 0, 1),
    "logits of more than were run": ([1], 0, 0, 2),
}


@pytest.mark.parametrize("bad", BAD_STEPS)
@pytest.mark.parametrize("kernel", ["native", "numpy"])
def test_a_step_that_cannot_be_is_refused(ours, kernel, bad):
    chosen = Native() if kernel == "native" else Numpy()
    state = chosen.program(ours.plan, ours.weights).state()
    with pytest.raises(ValueError):
        state.step(*BAD_STEPS[bad])


def test_a_move_beyond_the_buffer_is_refused(ours):
    for kernel in (Native(), Numpy()):
        with pytest.raises(ValueError, match="no room"):
            kernel.program(ours.plan, ours.weights).state().move(60, 60)


def test_learned_positions_end_with_their_table(tmp_path):
    case = make_case(CONFIGS["layer norm, biases, learned positions"], 8, tmp_path)
    for kernel in (Native(), Numpy()):
        with pytest.raises(ValueError, match="no such place"):
            kernel.program(case.plan, case.weights).state().step([1, 2], 0, 69, 1)


def test_a_path_can_be_named_and_must_exist(monkeypatch):
    assert open_kernel("scalar").name == "scalar"
    monkeypatch.setenv("CODECOMPLETE_KERNEL", "numpy")
    assert open_kernel().name == "numpy"
    with pytest.raises(KernelUnavailable, match=r"no path 'abacus'.*scalar"):
        open_kernel("abacus")


def test_without_a_library_numpy_works_and_says_so_once(monkeypatch, tmp_path, ours):
    monkeypatch.delenv("CODECOMPLETE_KERNEL", raising=False)
    (tmp_path / "broken.so").write_bytes(b"not a library")
    for path in (tmp_path / "missing.so", tmp_path / "broken.so"):
        with pytest.raises(KernelUnavailable, match="cannot be loaded"):
            native.open_library(path)

    def missing():
        raise KernelUnavailable("missing")

    monkeypatch.setattr(native, "open_library", missing)
    from codecomplete.engine import kernel

    kernel._open.cache_clear()
    try:
        with pytest.warns(RuntimeWarning, match="numpy does its work") as told:
            assert open_kernel().name == open_kernel().name == "numpy"
        assert len(told) == 1
    finally:
        kernel._open.cache_clear()
