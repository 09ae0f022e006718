"""The drawn inputs: the very numbers that the runs were played with, under names that pandas keeps."""

from __future__ import annotations

import json

import numpy as np
import pyarrow.parquet as pq

from sim.analysis.comparison.inputs_table import column_names, inputs_table, write_inputs
from sim.scenario import Encoder, load_scenario


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
