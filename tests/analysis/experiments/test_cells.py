"""Cells: the changed scenario that each means, and that playing one gives the runs of that scenario."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import yaml

from sim.analysis.experiments.cells import (
    BASELINE,
    Case,
    Cell,
    Library,
    RecordDigest,
    SplitParty,
    count_runs,
    play_cells,
    read_case,
)
from sim.engines.batch import play
from sim.scenario import Encoder, load_raw, load_scenario
from sim.types import Runs, empty_runs
from sim.types.playing import SILENCE, Size
from tests.analysis.synthetic import CountedRuns

FILE = Path(__file__).resolve().parents[3] / "scenarios" / "well-formats.yaml"
SIZE = Size(6, 2, seed=3)
SHORT = ("horizon_months=7",)


@pytest.fixture(scope="module")
def case() -> Case:
    return read_case(FILE)


@pytest.mark.parametrize(
    ("change", "how"),
    [
        ({}, {}),
        ({"variant": "foresight=0"}, {"variant": "foresight=0"}),
        ({"sets": SHORT, "variant": "severable=no"}, {"sets": SHORT, "variant": "severable=no"}),
    ],
    ids=["as it is", "under a variant", "changed and under a variant"],
)  # fmt: skip
def test_a_cell_is_the_scenario_loaded_with_its_changes(case: Case, change: dict, how: dict):
    found = Library({case.id: case}).load(Cell(case.id, (), **change))
    assert found.digest == load_scenario(FILE, **how).digest


def test_a_change_is_read_once_for_all_variants(case: Case, monkeypatch: pytest.MonkeyPatch):
    changed: list[object] = []

    def counted(raw: object, **how: object) -> object:
        changed.extend([how["sets"]] if how.get("sets") else [])
        return load_raw(raw, **how)

    monkeypatch.setattr("sim.analysis.experiments.cells.load_raw", counted)
    library, cell = Library({case.id: case}), Cell(case.id, (), sets=SHORT)
    for variant in (BASELINE, "foresight=0", "hold=once"):
        library.load(cell.under(variant))
    assert changed == [SHORT]


def test_a_variant_is_applied_to_the_whole_file_and_then_prepared(case: Case):
    """What is left out of an experiment is named elsewhere in the file: a format in labels."""
    labelled = {**case.raw, "labels": {"vi": {"formats": {name: name for name in case.base.formats}}}}
    whole = Case(case.id, case.file, labelled, load_raw(labelled))
    alone = Library({case.id: whole}, lambda resolved: resolved.model_copy(update={"formats": {}, "tracks": {}}))
    assert alone.load(Cell(case.id, (), variant="foresight=0")).formats == {}


def test_playing_a_cell_gives_the_runs_of_its_scenario(case: Case):
    formats = tuple(case.base.formats)[:2]
    cells = [Cell(case.id, formats).under(variant) for variant in (BASELINE, "foresight=0")]
    played = play_cells(dict.fromkeys(cells, SIZE), Library({case.id: case}), lambda *_: (RecordDigest(),), SILENCE)
    for cell in cells:
        digest = RecordDigest()
        play(Encoder(load_scenario(FILE, variant=cell.variant), seed=3), [0, 1], SIZE, digest)
        assert played[cell][0].digest == digest.digest
    assert len({digest.digest for (digest,) in played.values()}) == 2


def test_every_run_is_told_of(case: Case):
    sizes = {Cell(case.id, tuple(case.base.formats)[:2]): SIZE, Cell(case.id, tuple(case.base.formats)[:1]): SIZE}
    progress = CountedRuns()
    play_cells(sizes, Library({case.id: case}), lambda *_: (), progress)
    assert progress.runs == count_runs(sizes) == 3 * 6 * 2


def test_a_party_in_two_seats_and_constants_of_the_design(case: Case):
    library, party = Library({case.id: case}), next(iter(case.base.parties))
    cell = Cell(case.id, tuple(case.base.formats))
    plain, split = library.source(cell, 3), library.source(Cell(case.id, cell.formats, split=party), 3)
    assert len(split.structure.parties) == len(plain.structure.parties) + 1
    designed = library.source(cell.under(BASELINE, designed=True), 3).tables(0, 32).precision.reshape(2, 16, -1)
    np.testing.assert_array_equal(designed[0], designed[1])


def test_a_cell_keeps_a_variant_of_its_own():
    own = Cell("x", ("talks",), variant="hold=once")
    assert own.under("foresight=0").variant == "hold=once"
    assert Cell("x", ("talks",)).under("foresight=0").variant == "foresight=0"
    assert Cell("x", ("talks",)).under(BASELINE).variant is None


def test_digests_do_not_depend_on_blocks():
    runs = empty_runs(6, 3, 2)
    runs.month[:] = np.arange(6)
    whole, cut, other = RecordDigest(), RecordDigest(), RecordDigest()
    whole.add(0, runs)
    for first in (0, 4):
        cut.add(first, Runs(*(array[first : first + 4] for array in runs)))
    runs.month[5] = 0
    other.add(0, runs)
    assert whole.digest == cut.digest != other.digest


ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture(scope="module")
def village() -> Encoder:
    return Encoder(load_scenario(ROOT / "scenarios" / "minimal.yaml"), seed=3)


def test_split_arrays_equal_those_of_a_file_with_two_seats_of_one_bloc():
    """Tables made by doubling a party agree with the encoder's own for a file that has the party twice."""
    raw = yaml.safe_load((ROOT / "scenarios" / "minimal.yaml").read_text(encoding="utf-8"))
    party = list(raw["parties"])[-1]
    twin = f"{party}-2"
    for one in raw["parties"].values():
        for key in ("leverage", "support", "beliefs"):
            one.pop(key, None)
    for one in raw["formats"].values():
        one["seats"] = {k: v for seat, v in one["seats"].items() for k in ([seat, twin] if seat == party else [seat])}
    raw.pop("overrides", None)
    raw.pop("scenarios", None)
    single = {
        **raw,
        "formats": {
            k: {**f, "seats": {s: v for s, v in f["seats"].items() if s != twin}} for k, f in raw["formats"].items()
        },
    }
    double = {**raw, "parties": {**raw["parties"], twin: {**raw["parties"][party], "bloc": party}}}
    encoder = Encoder(load_raw(single), seed=3)
    index = list(raw["parties"]).index(party)
    made = SplitParty(encoder, index).tables(0, 5)
    meant = Encoder(load_raw(double), seed=3).tables(0, 5)
    for name in made._fields:
        found, expected = getattr(made, name), getattr(meant, name)
        if name == "turn":
            expected = expected[:, : found.shape[1]]
            found = found[:, : expected.shape[1]]
        assert found.shape == expected.shape, name
        assert np.array_equal(found, expected), name


def test_split_keeps_beliefs_and_levers_with_both_seats():
    encoder = Encoder(load_scenario(ROOT / "scenarios" / "ukraine" / "anchorage-2025.yaml"), seed=1)
    old = encoder.tables(0, 2)
    n = len(old.bloc)
    for party in range(n):
        made = SplitParty(encoder, party).tables(0, 2)
        source = [q for q in range(n) for _ in range(2 if q == party else 1)]
        for a in range(n + 1):
            for b in range(n + 1):
                mine, theirs = made.view_row[a, b], old.view_row[source[a], source[b]]
                assert np.array_equal(made.contribution[:, mine], old.contribution[:, theirs])
                assert np.array_equal(made.leverage[:, a, b], old.leverage[:, source[a], source[b]])
        assert made.bloc[party + 1] == made.bloc[party]
        spent = {(source[p], source[q]) for p, q in zip(made.spent_patron, made.spent_target, strict=True)}
        assert spent == set(zip(old.spent_patron.tolist(), old.spent_target.tolist(), strict=True))
        assert not made.contribution.flags.writeable


def test_split_seats_speak_one_after_the_other(village: Encoder):
    names = SplitParty(village, 0).structure
    assert names.parties[1].id == f"{village.structure.parties[0].id}-2"
    for before, after in zip(village.structure.formats, names.formats, strict=True):
        assert len(after.seats) == len(before.seats) + (0 in before.seats)
    assert SplitParty(village, 0).tables(0, 1).turn.shape[1] == village.tables(0, 1).turn.shape[1] + 1
