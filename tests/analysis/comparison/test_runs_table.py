from __future__ import annotations

import hashlib
import json

import numpy as np
import pyarrow.parquet as pq
import pytest

from sim.analysis.comparison import runs_table
from sim.analysis.comparison.runs_table import RunsSink, column_names, inputs_table, write_inputs
from sim.scenario import Encoder, load_scenario
from tests.analysis.synthetic import blocks, structure


def write(path, *, block=16, formats=(0, 1, 2, 3, 4), n_draws=60, **options):
    with RunsSink(path, structure(), formats, 8, stamped=lambda n: {"draws": n}) as sink:
        for first, runs in blocks(block=block, formats=formats, n_draws=n_draws, **options):
            sink.add(first, runs)
    return hashlib.sha256(path.read_bytes()).hexdigest()


@pytest.fixture
def small_groups(monkeypatch):
    monkeypatch.setattr(runs_table, "ROWS", 700)


@pytest.mark.usefixtures("small_groups")
def test_same_bytes_for_any_blocks(tmp_path):
    digests = {write(tmp_path / f"{block}.parquet", block=block) for block in (1, 7, 16, 60)}
    assert len(digests) == 1
    assert pq.ParquetFile(tmp_path / "7.parquet").num_row_groups == 4
    assert write(tmp_path / "other.parquet", seed=2) not in digests  # the digest sees the data


@pytest.mark.usefixtures("small_groups")
def test_format_alone_has_the_same_rows(tmp_path):
    write(tmp_path / "all.parquet")
    write(tmp_path / "one.parquet", formats=(3,))
    both = pq.read_table(tmp_path / "all.parquet").to_pylist()
    alone = pq.read_table(tmp_path / "one.parquet").to_pylist()
    assert [row for row in both if row["format"] == "all-four"] == alone


def test_row_says_what_the_arrays_say(tmp_path):
    write(tmp_path / "runs.parquet")
    table = pq.read_table(tmp_path / "runs.parquet")
    ((_, runs),) = blocks(block=1000)
    row, shape = 8 * 5 * 7 + 8 * 3 + 2, structure()
    found = table.slice(row, 1).to_pylist()[0]
    assert (found["run"], found["draw"], found["replication"], found["format"]) == (7 * 8 + 2, 7, 2, "all-four")
    names = [party.id for p, party in enumerate(shape.parties) if runs.decided[row] >> p & 1]
    assert found["decided_by"] == "+".join(names)
    for i, issue in enumerate(shape.issues):
        assert found[f"deal_{issue.id}"] == issue.options[runs.deal[row, i]]
    assert found["value_river"] == runs.value[row, 2]
    assert found["held_months"] == runs.held[row]
    assert table.num_rows == 60 * 5 * 8


def test_decided_by_names_parties_in_file_order(tmp_path):
    write(tmp_path / "runs.parquet")
    values = set(pq.read_table(tmp_path / "runs.parquet")["decided_by"].to_pylist())
    assert values == {"", "north", "coast", "river", "hills", "north+river", "river+hills"}


def test_dictionaries_come_from_the_scenario(tmp_path):
    write(tmp_path / "one.parquet", formats=(4,), n_draws=2)
    format_column = pq.read_table(tmp_path / "one.parquet")["format"].combine_chunks()
    assert format_column.dictionary.to_pylist() == [found.id for found in structure().formats]


def test_no_path_in_the_file(tmp_path):
    write(tmp_path / "runs.parquet", n_draws=2)
    assert str(tmp_path).encode() not in (tmp_path / "runs.parquet").read_bytes()


def test_missing_or_misplaced_blocks_are_errors(tmp_path):
    (first, runs), second, *_ = blocks()
    sink = RunsSink(tmp_path / "a", structure(), range(5), 8)
    with pytest.raises(ValueError, match="whole draws from 0"):
        sink.add(*second)
    sink.add(first, runs)
    with pytest.raises(ValueError, match="whole draws from 16"):
        sink.add(first, runs)
    sink.close()


def test_the_footer_says_how_many_draws_came(tmp_path):
    write(tmp_path / "runs.parquet", n_draws=20)
    assert json.loads(pq.read_metadata(tmp_path / "runs.parquet").metadata[b"parley"]) == {"draws": 20}


def test_many_parties(tmp_path):
    masks = np.array([0, (1 << 30) - 1, 1 << 29], dtype=np.int64)
    found = runs_table._party_sets(masks, [f"p{p}" for p in range(30)]).to_pylist()
    assert found[0] == ""
    assert found[1].count("+") == 29
    assert found[2] == "p29"


def test_names_are_python_names_and_stay_apart():
    names = column_names(["value_a-b", "value_a_b", "deal_class", "values.ở đâu", "a b"])
    assert list(names.values()) == ["value_a_b", "value_a_b_2", "deal_class", "values_ở_đâu", "a_b"]
    assert all(column.isidentifier() for column in names.values())


def test_inputs_are_those_of_the_tables(minimal):
    encoder = Encoder(load_scenario(minimal), seed=3)
    table = inputs_table(encoder, 40)
    row = {field.metadata[b"path"].decode(): field.name for field in table.schema if field.metadata}
    meant = np.array(table[row["parties.lower.red_lines.not-by-land"]].to_pylist())
    tables = encoder.tables(0, 40)
    lower, share = 1, encoder.structure.issue_composite[0]
    by_land = [o for o, option in enumerate(encoder.structure.issue_option[0]) if option == 2]
    assert (tables.barred[:, lower, share, by_land[0]].astype(bool) == meant).all()
    assert 0 < meant.mean() < 1
    even = np.array(table[row["parties.upper.values.share.options.even"]].to_pylist())
    assert even.min() >= 0.4
    assert even.max() <= 0.8
    assert np.unique(even).size == 40


def test_a_longer_table_begins_with_the_shorter_and_says_what_it_is(minimal, tmp_path):
    encoder = Encoder(load_scenario(minimal), seed=3)
    assert inputs_table(encoder, 7).to_pylist() == inputs_table(encoder, 9).to_pylist()[:7]
    write_inputs(tmp_path / "inputs.parquet", encoder, 5, {"digest": "ab", "seed": 3})
    stored = pq.read_table(tmp_path / "inputs.parquet")
    assert json.loads(stored.schema.metadata[b"parley"]) == {"digest": "ab", "seed": 3}
    assert inputs_table(Encoder(load_scenario(minimal), seed=4), 5).to_pylist() != stored.to_pylist()
