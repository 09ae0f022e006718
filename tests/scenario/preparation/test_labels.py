"""Names in further languages: they replace words and nothing else."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import yaml

from sim.scenario import Encoder, ScenarioError, in_language, load_raw, load_scenario, warnings_of
from sim.scenario.preparation.labels import names_in, unlabelled

ROOT = Path(__file__).parents[3]
FILE = ROOT / "tests" / "scenarios" / "valid" / "labels.yaml"
CASES = tuple(one for one in sorted((ROOT / "scenarios" / "cases").glob("*.yaml")) if ".frozen" not in one.name)
SHIPPED = (ROOT / "scenarios" / "minimal.yaml", ROOT / "scenarios" / "ukraine" / "anchorage-2025.yaml", *CASES)
PROFILES = tuple(sorted((ROOT / "scenarios" / "profiles").glob("*.yml")))


def test_labels_replace_the_names_and_nothing_else():
    plain, said = Encoder(load_scenario(FILE), seed=1), Encoder(load_scenario(FILE), seed=1, language="vi")
    assert (plain.structure.title, said.structure.title) == ("Labels", "Nhãn")
    assert [one.name for one in said.structure.parties] == ["Bên A", "b"]
    land = said.structure.issues[0]
    assert (land.id, land.name, land.option_names) == ("land", "Đất", ("Còn tranh chấp", "split"))
    groups = next(one for one in said.structure.formats if one.id == "groups")
    assert (groups.name, groups.stages) == ("groups", ("Nhóm về đất", "rest", "plenary"))
    assert said.structure.formats[-1].name == "Lộ trình"
    assert str(groups.consent) == "unanimity, veto of Bên A"
    for name, array in plain.tables(0, 3)._asdict().items():
        assert np.array_equal(array, getattr(said.tables(0, 3), name), equal_nan=True), name
    assert [row.path for row in said.numbers()] == [row.path for row in plain.numbers()]


def test_a_language_without_labels_keeps_the_names_of_the_file():
    resolved = load_scenario(FILE)
    assert in_language(resolved, "fr") is resolved
    assert Encoder(resolved, seed=1, language="fr").structure.title == "Labels"


def test_labels_do_not_change_the_digest_and_names_do():
    data = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    digest = load_raw(data).digest
    assert load_raw({key: part for key, part in data.items() if key != "labels"}).digest == digest
    assert load_raw({**data, "title": "Another"}).digest != digest


def test_missing_labels_are_counted():
    resolved = load_scenario(FILE)
    missing = unlabelled(resolved, "vi")
    assert ("parties", "b", "name") in missing
    assert ("issues", "land", "options", "split", "name") in missing
    assert ("formats", "groups", "baskets", "rest", "name") in missing
    assert ("parties", "a", "name") not in missing
    assert len(unlabelled(resolved, "fr")) == len(list(names_in(resolved)))
    (found,) = [one for one in warnings_of(resolved) if one.path == "labels.vi"]
    assert found.seen == f"{len(missing)} of {len(list(names_in(resolved)))}: notes, ..."


@pytest.mark.parametrize("file", SHIPPED, ids=lambda file: file.stem)
def test_shipped_labels_are_complete_and_tell_options_apart(file):
    resolved = load_scenario(file)
    assert unlabelled(resolved, "vi") == []
    said = Encoder(resolved, seed=1, language="vi").structure
    for names in (
        [one.name for one in said.parties],
        [one.name for one in said.issues],
        [f.name for f in said.formats],
    ):
        assert len(set(names)) == len(names)
    assert all(len(set(issue.option_names)) == len(issue.option_names) for issue in said.issues)


def names_written(part, path=()):
    """Paths of what a file gives a name."""
    if not isinstance(part, dict):
        return
    for key, one in part.items():
        if key == "name" and path[0] in ("parties", "issues", "formats", "tracks"):
            yield path
        elif key not in ("overrides", "scenarios"):
            yield from names_written(one, (*path, key))


def named_by(labels):
    """Paths of what the labels of a language name."""
    for section, named in labels.items():
        if not isinstance(named, dict):
            continue
        for key, label in named.items():
            if isinstance(label, dict):
                place = {"options": "issues", "baskets": "formats"}[section]
                yield from ((place, key, section, entry) for entry in label)
            else:
                yield section, key


@pytest.mark.parametrize("file", [*SHIPPED, *PROFILES], ids=lambda file: file.stem)
def test_a_file_labels_what_it_names_and_nothing_else(file):
    """So that no label of an included file stays where a name is written anew, and none is misspelt unseen."""
    data = yaml.safe_load(file.read_text(encoding="utf-8"))
    labels = data.get("labels", {}).get("vi", {})
    assert set(named_by(labels)) == set(names_written(data))


INCLUDED = """
issues:
  land:
    {name: Land, level: core, status_quo: open, options: {open: {}, split: {settles: true}, whole: {settles: true}}}
  water: {name: Water, level: substance, status_quo: kept, options: {kept: {}, shared: {}}}
parties:
  a: {salience: {land: 1}, values: {land: {ranking: [split, open]}}}
  b: {salience: {land: 1}, values: {land: {ranking: [split, open]}}}
  c: {salience: {land: 1}, values: {land: {ranking: [split, open]}}}
formats:
  pair: {seats: {a: principal, b: principal}, calendar: {months: 4, rounds_per_month: 1}}
labels:
  vi:
    parties: {a: Bên A, c: Bên C}
    issues: {land: Đất, water: Nước}
    options: {land: {open: Bỏ ngỏ, split: Chia, whole: Trọn}, water: {shared: Chung}}
"""
INCLUDING = """
parley: 1
id: including
title: Including
include: below.yml
issues: {water: null, land: {options: {whole: null}}}
parties: {c: null}
labels: {vi: {parties: {a: Phía A}}}
overrides:
  shut:
    set:
      issues.land.options: {open: {}, closed: {settles: true}}
      parties.*.values.land: {ranking: [closed, open]}
"""


def test_labels_of_an_included_file_merge_and_what_is_gone_needs_none(tmp_path):
    (tmp_path / "below.yml").write_text(INCLUDED, encoding="utf-8")
    file = tmp_path / "file.yaml"
    file.write_text(INCLUDING, encoding="utf-8")
    labels = load_scenario(file).labels["vi"]
    assert (labels.parties, labels.issues) == ({"a": "Phía A"}, {"land": "Đất"})
    assert labels.options == {"land": {"open": "Bỏ ngỏ", "split": "Chia"}}
    changed = load_scenario(file, overrides=["shut"])
    assert changed.labels["vi"].options == {"land": {"open": "Bỏ ngỏ"}}
    file.write_text(INCLUDING.replace("a: Phía A", "d: Phía D"), encoding="utf-8")
    with pytest.raises(ScenarioError) as caught:
        load_scenario(file)
    assert [one.path for one in caught.value.problems] == ["labels.vi.parties.d"]


def test_the_resolved_file_keeps_its_labels():
    resolved = load_scenario(FILE)
    assert load_raw(resolved.to_data()).labels == resolved.labels


def test_a_broken_part_is_told_beside_a_wrong_label():
    data = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    data["labels"]["vi"]["parties"]["c"] = "Bên C"
    data["issues"]["land"]["status_quo"] = 3
    with pytest.raises(ScenarioError) as caught:
        load_raw(data)
    assert {one.path for one in caught.value.problems} == {"labels.vi.parties.c", "issues.land.status_quo"}
