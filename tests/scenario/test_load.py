"""Files to resolved scenarios: in which order changes are made, what is read, what stays as it was."""

from __future__ import annotations

import copy
import hashlib
import re
from pathlib import Path

import pytest

from sim.scenario import FileRead, ScenarioError, load_raw, load_scenario, read_raw
from sim.scenario.load import load_kept
from sim.scenario.schema.priors import SHARED_FILE
from sim.scenario.source.problems import Report
from sim.scenario.source.yaml_text import parse_text

BASE = Path(__file__).parent.parent / "scenarios" / "base.yaml"


def test_the_file_itself_is_not_changed_by_a_load():
    before = load_scenario(BASE).digest
    load_scenario(BASE, overrides=["soft"], variant="foresight=0")
    assert load_scenario(BASE).digest == before


def test_a_scenario_is_resolved_once_for_its_checks_and_its_runs():
    loaded = load_kept(BASE)
    assert loaded.draft.whole is not None
    assert loaded.draft.whole.shocks  # whose check looks at all numbers
    assert loaded.draft.resolved is loaded.resolved


def test_data_given_to_a_load_stays_as_it_was():
    data = parse_text(BASE.read_text(encoding="utf-8"), Report("base"))
    before = copy.deepcopy(data)
    load_raw(data, sets=["parties.north.leverage.south.ability=0.9"], overrides=["soft"], variant="foresight=1")
    assert data == before


def test_changes_are_made_in_the_order_scenario_overrides_sets_variant() -> None:
    path = "parties.north.behaviour.foresight"
    changed = load_scenario(BASE, variant="foresight=1", sets=[f"{path}=0.3"])
    assert changed.numbers[path].form == 1.0
    line = "parties.south.red_lines.no-cession.firmness"
    assert load_scenario(BASE, sets=[f"{line}=0.4"], overrides=["soft"], scenario="mild").numbers[line].form == 0.4


def with_override(folder: Path, changes: str) -> Path:
    """The base with one override more."""
    file = folder / "wrong.yaml"
    text = BASE.read_text(encoding="utf-8")
    file.write_text(text.replace("overrides:\n", f"overrides:\n  bad: {{set: {{{changes}}}}}\n"), encoding="utf-8")
    return file


WRONG_OVERRIDES = {
    "parties.north.patience: 3": "parties.north.patience: out of range",
    "parties.north.pateince: 0.3": "parties.north.pateince: unknown key",
    "parties.north.leverage.south.ability: {level: high}": "a level in words, and the file has no codebook",
    "parties.north.values.peace.options: {war: 1}": "parties.north.values.peace.options: an option has no value",
    "behaviour.precision: -1": "behaviour.precision: out of range",
    "behaviour.rules.core: land": "behaviour.rules.core: unknown core issue",
    "formats.pair.calendar: {months: 9999, rounds_per_month: 2}": "formats.pair.calendar: too many rounds",
    "issues.land.status_quo: nowhere": "issues.land.status_quo: unknown option",
    "shocks.flood.set: {parties.north.pateince: {add: 0.1}}": "a shock must name a number",
    "horizon_months: 0": "horizon_months",
}


@pytest.mark.parametrize("changes", WRONG_OVERRIDES)
def test_a_wrong_override_is_found_when_it_is_tried_or_named_and_stops_nobody_else(
    changes: str, tmp_path: Path
) -> None:
    file = with_override(tmp_path, changes)
    load_scenario(file)
    words = re.escape(WRONG_OVERRIDES[changes])
    for how in ({"tried": True}, {"overrides": ["bad"]}):
        with pytest.raises(ScenarioError, match=rf"{file}:\d+: .*{words}.*\[from override bad\]"):
            load_scenario(file, **how)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A file that includes one that includes another, and cites evidence."""
    text = BASE.read_text(encoding="utf-8")
    (tmp_path / "deep.yml").write_text("notes: deep\n", encoding="utf-8")
    (tmp_path / "below.yml").write_text("include: deep.yml\nsummary: below\n", encoding="utf-8")
    claims = "evidence: 1\ndocuments: {d: {title: D}}\nclaims: {C1: {document: d, confidence: stated, paraphrase: p}}\n"
    (tmp_path / "claims.yaml").write_text(claims, encoding="utf-8")
    (tmp_path / "top.yaml").write_text(f"include: below.yml\nevidence: claims.yaml\n{text}", encoding="utf-8")
    return tmp_path


def test_every_file_that_was_read_is_told_with_the_digest_of_its_bytes(folder: Path) -> None:
    files: list[FileRead] = []
    resolved = load_scenario(folder / "top.yaml", files=files)
    assert [read.path for read in files] == [
        *(folder / name for name in ("top.yaml", "below.yml", "deep.yml", "claims.yaml")),
        SHARED_FILE,
    ]
    assert all(read.sha256 == hashlib.sha256(read.path.read_bytes()).hexdigest() for read in files)
    raw_files: list[FileRead] = []
    raw = read_raw(folder / "top.yaml", files=raw_files)
    assert raw_files == files
    assert load_raw(raw).digest == resolved.digest == load_scenario(folder / "top.yaml").digest
    (folder / "deep.yml").write_text("notes: deeper\n", encoding="utf-8")
    again: list[FileRead] = []
    load_scenario(folder / "top.yaml", files=again)
    assert [now.path.name for now, before in zip(again, files, strict=True) if now != before] == ["deep.yml"]
