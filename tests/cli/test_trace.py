"""`trace`: one talk in plain words, the same one that a comparison counted."""

from __future__ import annotations

import pytest
from typer.testing import CliRunner

from sim.cli.main import app


def trace(*arguments: object):
    return CliRunner().invoke(app, ["trace", *map(str, arguments)])


def test_a_talk_is_told_in_words(minimal):
    result = trace(minimal, "--format", "farmers")
    assert result.exit_code == 0, result.output
    assert "Upper farmer" in result.stdout
    assert len(result.stdout.splitlines()) > 3


def test_the_same_run_is_told_the_same_way_and_another_run_otherwise(minimal):
    told = [trace(minimal, "--format", "farmers", "--run", run).stdout for run in (0, 0, 9, 30)]
    assert told[0] == told[1]
    assert len(set(told)) > 1


def test_it_replays_the_run_that_a_comparison_counted(workplace, minimal):
    pd = pytest.importorskip("pandas")
    small = ["--draws", "4", "--no-variants", "--out", "done", "--seed", "3"]
    assert CliRunner().invoke(app, ["compare", str(minimal), *small]).exit_code == 0
    from sim.engines.talk import play
    from sim.scenario import Encoder, load_scenario

    encoder = Encoder(load_scenario(minimal), seed=3)
    formats = [one.id for one in encoder.structure.formats]
    for row in pd.read_parquet(workplace / "done" / "runs.parquet").itertuples():
        told = trace(minimal, "--format", row.format, "--seed", 3, "--run", row.run)
        assert told.exit_code == 0
        talk = play(encoder, format_index=formats.index(row.format), draw=row.draw, replication=row.replication)
        assert talk.outcome.label == row.outcome


def test_a_draw_and_a_replication_name_the_run_and_draws_differ(minimal):
    told = [trace(minimal, "--format", "farmers", "--draw", draw).stdout for draw in range(3)]
    assert "Draw 2, replication 0" in told[2]
    assert len({text.split("\n", 1)[1] for text in told}) == 3
    by_place = trace(minimal, "--format", "farmers", "--draw", 2, "--replication", 3).stdout
    assert by_place == trace(minimal, "--format", "farmers", "--replications", 8, "--run", 2 * 8 + 3).stdout


def test_a_run_and_a_draw_exclude_each_other(minimal):
    result = trace(minimal, "--format", "farmers", "--run", 3, "--draw", 0)
    assert result.exit_code == 2
    assert "leave out --run, or --draw" in result.stderr


def test_an_unknown_format_is_met_with_the_nearest(minimal):
    result = trace(minimal, "--format", "farmer")
    assert result.exit_code == 2
    assert 'Did you mean "farmers"?' in result.stderr
