"""Studies: counts of a cell, the sign of a change under variants, the clone's arrays, the study file, the page."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
import yaml
from typer.testing import CliRunner

from sim.analysis.experiments.cell_counts import (
    CellCounter,
    CellCounts,
    change,
    degenerate,
    largest_outcome_change,
    never,
    paired,
)
from sim.analysis.experiments.cells import BASELINE
from sim.analysis.experiments.clones import SplitParty, split_structure, split_tables
from sim.analysis.experiments.studies import judge
from sim.analysis.statistics.intervals import Estimate
from sim.app.questions.study_file import StudyFile, check_names, read_study
from sim.app.study import StudyPlan
from sim.cli.console import InputError
from sim.cli.main import app
from sim.report.study.findings_words import fate
from sim.scenario import Encoder, load_raw, load_scenario
from sim.types import EndReason, Outcome, Runs, Structure, empty_runs
from sim.types.playing import Size
from tests.analysis.synthetic import structure

ROOT = Path(__file__).resolve().parents[3]
R = 2


def cell_of(found: list[Runs], names: Structure, formats: tuple[int, ...] = (0, 1)) -> CellCounts:
    """One draw a block."""
    counter = CellCounter(names, formats, replications=R)
    for draw, runs in enumerate(found):
        counter.add(draw, runs)
    return counter.result()


def quiet_runs(outcomes: list[Outcome]) -> Runs:
    """One draw of two formats x two replications with nothing refused."""
    runs = empty_runs(len(outcomes), 11, 4)
    runs.outcome[:] = outcomes
    runs.reason[:] = EndReason.PARTIAL_BANKED
    runs.held[:] = 24
    return runs


P, S, B, C = Outcome.PARTIAL, Outcome.SETTLEMENT, Outcome.BLOCKED, Outcome.COLLAPSED


def test_strikes_at_consent_are_told_from_later_leavers_and_refusals_at_the_table():
    runs = quiet_runs([P, C, Outcome.NO_AGREEMENT, P])
    runs.reason[2] = EndReason.DEADLINE
    runs.tabled[:, 3], runs.tabled[:, 4] = 1, 2
    runs.deal[:, 3] = 1
    runs.refused[0, 4] = 0b0100  # party 2 struck issue 4: moved by the text tabled, back at its status quo
    runs.refused[1, 3] = 0b1000  # party 3 left over issue 3, which the text in force still moves
    runs.refused[2, 4] = 0b0010  # at the table, where there was no text
    found = cell_of([runs], structure(2))
    assert found.refusals.sum() == 1
    assert found.refusals[0, 0, 2, 4] == 1
    assert found.tabled.tolist() == [[2, 1]]
    assert found.by_party[0].tolist() == [[0, 0, 1, 0], [0, 0, 0, 0]]
    assert found.shares["stopped"].value.tolist() == [0.5, 0.0]


def test_months_of_texts_that_were_left():
    runs = quiet_runs([C, P, C, B])
    runs.held[:] = [3, 24, 7, -1]
    found = cell_of([runs], structure(2))
    assert found.median_months(0) == 3
    assert found.median_months(0, of_left=True) == 3
    assert found.median_months(1) == 7
    assert np.isnan(cell_of([quiet_runs([B] * 4)], structure(2)).median_months(0))


def test_a_change_is_paired_and_changed_minus_base():
    base = cell_of([quiet_runs([S, S, P, P]) for _ in range(40)], structure(2))
    worse = cell_of([quiet_runs([S, P, P, P]) for _ in range(40)], structure(2))
    assert change(base, worse, "settlement", 0).value == pytest.approx(-0.5)
    assert change(base, worse, "settlement", 0).side == -1
    assert change(base, worse, "settlement", 1).value == 0.0
    assert change(base, base, "settlement", 0).side == 0
    outcome, moved = largest_outcome_change(base, worse, 0)
    assert outcome in (P, S)
    assert abs(moved.value) == pytest.approx(0.5)


def test_a_paired_interval_keeps_a_width_and_shrinks_with_draws():
    none = [paired(np.full(n, 2), np.full(n, 2), 4) for n in (50, 200)]
    assert [one.value for one in none] == [0.0, 0.0]
    assert 3.5 < none[0].high / none[1].high < 4.5
    mixed = paired(np.zeros(100), np.tile([0, 4], 50), 4)
    assert mixed.value == 0.5
    assert mixed.high - mixed.value == pytest.approx(1.984 * np.sqrt(26 / 9900), rel=0.01)


def test_equal_records_have_equal_digests_and_others_do_not():
    one, same = (cell_of([quiet_runs([S, S, P, P])], structure(2)) for _ in range(2))
    runs = quiet_runs([S, S, P, P])
    runs.value[0, 0] = 1e-7
    assert one.digest == same.digest
    assert one.digest != cell_of([runs], structure(2)).digest


def test_variants_hold_are_unclear_or_flip():
    above, below, zero = Estimate(0.2, 0.1, 0.3), Estimate(-0.2, -0.3, -0.1), Estimate(0.0, -0.1, 0.1)
    found = judge({BASELINE: above, "a": above, "b": zero, "c": below})
    assert (found.holds, found.unclear, found.flips) == (("a",), ("b",), ("c",))
    assert "flips under `c`" in fate(found)
    found = judge({BASELINE: zero, "a": above, "b": zero, "c": below})
    assert (found.holds, found.unclear, found.flips) == ((), ("b",), ("a", "c"))
    assert "differ under `a` and `c`" in fate(found)


def test_degenerate_means_in_every_format():
    assert degenerate(cell_of([quiet_runs([P, P, P, P])] * 3, structure(2))) == (
        "partial above 95% in every format",
        "settlement below 1% in every format",
    )
    one_format_only = cell_of([quiet_runs([P, P, S, P])] * 3, structure(2))
    assert degenerate(one_format_only) == ()
    assert Outcome.NO_TALKS in never(one_format_only)


# --- the clone


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
    made = split_tables(encoder.tables(0, 5), index)
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
        made = split_tables(old, party)
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
    names = split_structure(village.structure, 0)
    assert names.parties[1].id == f"{village.structure.parties[0].id}-2"
    for before, after in zip(village.structure.formats, names.formats, strict=True):
        assert len(after.seats) == len(before.seats) + (0 in before.seats)
    assert SplitParty(village, 0).tables(0, 1).turn.shape[1] == village.tables(0, 1).turn.shape[1] + 1


# --- the study file and the command

ASKED = {
    "study": 1,
    "scenario": "minimal.yaml",
    "formats": {"narrow": "farmers", "wide": ["all-three"]},
    "lines": "all",
    "contacts": 2,
}


def written(folder: Path, **changes: object) -> Path:
    (folder / "minimal.yaml").write_text((ROOT / "scenarios" / "minimal.yaml").read_text(encoding="utf-8"))
    file = folder / "studies.yml"
    file.write_text(yaml.safe_dump({**ASKED, **changes}), encoding="utf-8")
    return file


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"study": 2}, "study"),
        ({"narow": "x"}, "narow"),
        ({"contacts": 1}, "contacts"),
        ({"pressure": {"patron": "a", "target": "b", "ability": [0, 0.1], "motive": [0, 2]}}, "motive"),
    ],
)
def test_a_wrong_study_file_says_where(tmp_path: Path, changes: dict[str, object], words: str):
    with pytest.raises(InputError, match=words):
        read_study(written(tmp_path, **changes))


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"formats": {"narrow": "farmer", "wide": ["all-three"]}}, 'No format .*"farmer".*Did you mean "farmers"'),
        ({"split": ["nobody"]}, 'No party .*"nobody"'),
        ({"lines": ["nobody.none"]}, "No red line"),
        ({"without_standing": ["none"]}, "No override"),
    ],
)
def test_names_that_are_not_in_the_scenario(tmp_path: Path, changes: dict[str, object], words: str):
    asked = read_study(written(tmp_path, **changes))
    with pytest.raises(InputError, match=words):
        check_names(asked, load_scenario(tmp_path / "minimal.yaml"))


@pytest.mark.parametrize("file", sorted((ROOT / "scenarios").rglob("*studies.yml")), ids=lambda f: f.as_posix()[-30:])
def test_the_studies_that_ship_ask_what_is_there(file: Path):
    asked = read_study(file)
    resolved = load_scenario(file.parent / asked.scenario)
    check_names(asked, resolved)
    n_lines = sum(len(party.red_lines) for party in resolved.parties.values())
    cells = StudyPlan(asked, resolved, Size(10, 2)).sizes
    assert sum(any("red_lines" in change for change in cell.sets) for cell in cells if cell.variant is None) == n_lines


def test_every_cell_of_a_grid_is_asked_at_three_kinds_of_foresight():
    asked = read_study(ROOT / "scenarios" / "ukraine" / "studies.yml")
    resolved = load_scenario(ROOT / "scenarios" / "ukraine" / "anchorage-2025.yaml")
    assert asked.pressure is not None
    size = len(asked.pressure.ability) * len(asked.pressure.motive)
    cells = [cell for cell in StudyPlan(asked, resolved, Size(10, 2)).sizes if any(".motive=" in s for s in cell.sets)]
    assert len(cells) == 3 * size * (1 + bool(asked.pressure.again_with))
    assert {len(cell.formats) for cell in cells} == {1}


def test_the_page_says_what_it_rests_on_and_comes_out_the_same_twice(tmp_path: Path):
    raw = yaml.safe_load((ROOT / "scenarios" / "minimal.yaml").read_text(encoding="utf-8"))
    patron, target = next(((p, q) for p, one in raw["parties"].items() for q in one.get("leverage", {})), (None, None))
    grid = {"patron": patron, "target": target, "format": "all-three", "ability": [0, 0.3], "motive": [0, 1]}
    changes = {"split": [next(iter(raw["parties"]))], **({"pressure": grid} if patron else {})}
    file = written(tmp_path, **changes)
    pages = []
    for name in ("one", "two"):
        page = tmp_path / name / "findings.md"
        arguments = ["study", str(file), "--draws", "6", "--replications", "2", "--out", str(page), "--quiet"]
        assert CliRunner().invoke(app, arguments, catch_exceptions=False).exit_code == 0
        pages.append(page.read_text(encoding="utf-8"))
    assert pages[0] == pages[1]
    text = pages[0]
    assert "It is not a forecast" in text
    assert "are assumed" in text
    assert load_scenario(tmp_path / "minimal.yaml").digest in text
    assert str(tmp_path) not in text
    assert re.search(r"\| Seed \| 1 \|", text)
    assert "nan" not in text
    if patron:
        assert "byte for byte" in text
        assert (tmp_path / "one" / "images" / "findings-pressure.svg").exists()


def test_a_study_is_frozen():
    with pytest.raises(ValueError, match="frozen"):
        StudyFile.model_validate(ASKED).scenario = "other.yaml"  # type: ignore[misc]
