"""Position-salience-capability tables: three forms, read, refused and written back."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.interop import read_table, table_text
from sim.scenario import ScenarioError
from sim.types import PositionTable, SpatialIssue, Stand

EXAMPLES = Path(__file__).resolve().parents[2] / "scenarios" / "examples"
HEAD = "proposal,issue,wave,procedure,voting_rule,actor,position,salience,capability,reference_point,outcome\n"


@pytest.fixture
def csv(tmp_path: Path):
    def write(text: str, name: str = "table.csv") -> Path:
        file = tmp_path / name
        file.write_text(text, encoding="utf-8")
        return file

    return write


def problems(file: Path, **more) -> list[tuple[int | None, str, str, str]]:
    with pytest.raises(ScenarioError) as caught:
        read_table(file, **more)
    return [(one.line, one.path, one.message, one.allowed) for one in caught.value.problems]


@pytest.mark.parametrize(
    ("name", "form", "proposals", "issues", "actors"),
    [("harbour-long", "long", 2, 3, 7), ("river-ktab", "ktab", 1, 2, 26), ("delay-eu", "eu", 1, 1, 5)],
)
def test_examples_are_known_by_their_header(name, form, proposals, issues, actors):
    found = read_table(EXAMPLES / f"{name}.csv")
    assert found.form == form
    assert (len(found.table.proposals), len(found.table.issues), len(found.table.actors)) == (
        proposals,
        issues,
        actors,
    )


def test_the_long_form_by_hand():
    table = read_table(EXAMPLES / "harbour-long.csv").table
    quay, dues, pilots = table.issues
    assert quay.stands[2] == Stand("north", 60, 50, 10)
    assert (quay.reference_point, dues.reference_point, pilots.outcome) == (0, None, 100)
    assert (pilots.wave, pilots.procedure, pilots.voting_rule) == ("2", "CNS", "Unan")
    assert "isle" not in dues.actors


def test_ktab_by_hand(csv):
    """Commas at line ends, blanks, short names of columns: as files of the toolkit's own examples have them."""
    file = csv(
        'Case ,"Of two",2,2,\nActor,Description,Power,Pstn1,Sal1,Pstn2,Sal2,\n'
        "A, first, 10.5, 0, 40,6.25, 30,\nB,,20,100,50,3,50\n"
    )
    found = read_table(file)
    assert found.form == "ktab"
    assert [one.id for one in found.table.issues] == ["dimension 1", "dimension 2"]
    assert found.table.issues[1].stands == (Stand("A", 6.25, 30, 10.5), Stand("B", 3, 50, 20))
    assert found.table.descriptions == (("A", "first"),)
    assert (found.table.name, found.table.description) == ("Case", "Of two")


def test_the_expected_utility_form_by_hand(csv):
    found = read_table(EXAMPLES / "delay-eu.csv")
    (issue,) = found.table.issues
    assert (issue.low, issue.high, issue.full_salience) == (2, 10, 1)
    assert issue.saliences == pytest.approx([0.9, 0.5, 0.7, 1, 0.3])
    (hundreds,) = read_table(csv("Actor,Capability,Position,Salience\na,1,4,80\nb,2,7,1\n")).table.issues
    assert hundreds.full_salience == 100
    (wide,) = read_table(EXAMPLES / "delay-eu.csv", scale=(0.0, 20.0)).table.issues
    assert (wide.low, wide.high) == (0, 20)


def test_every_bad_row_is_named_with_its_line(csv):
    file = csv(
        HEAD
        + "p,i,1,COD,QMV,a,10,50,3,0,20\n"
        + "p,i,1,COD,QMV,b,110,50,3,0,20\n"
        + "p,i,1,COD,QMV,c,10,much,3,0,20\n"
        + "p,i,1,COD,QMV,d,10,50,-3,0,20\n"
        + "p,i,1,COD,QMV,e,10,50,,0,20\n"
        + "p,i,1,COD,QMV,f,10,50\n"
        + "p,i,2,COD,QMV,g,10,50,3,0,20\n"
        + "p,i,1,COD,QMV,a,11,50,3,0,20\n"
        + "p,i,1,COD,QMV,,11,50,3,0,20\n"
        + "p,j,1,COD,Votes,h,11,50,3,nowhere,20\n"
    )
    found = problems(file)
    assert [(line, path) for line, path, _, _ in found] == [
        (3, "position"),
        (4, "salience"),
        (5, "capability"),
        (6, "capability"),
        (7, ""),
        (8, "wave"),
        (9, "actor"),
        (10, "actor"),
        (11, "voting_rule"),
        (11, "reference_point"),
    ]
    assert all(allowed for _, _, _, allowed in found)
    assert found[0][3] == "a number, 0 to 100"
    assert "line 2" in found[6][2]
    assert "QMV" in found[8][3]


def test_a_row_that_is_repeated_is_counted_once_and_told(csv):
    row = "p,i,1,COD,QMV,a,10,50,3,0,20\n"
    found = read_table(csv(HEAD + row + "p,i,1,COD,QMV,b,20,50,3,0,20\n" + row))
    assert len(found.table.issues[0].stands) == 2
    assert any("Line 4 repeats line 2" in note for note in found.notes)


def test_columns_that_are_not_read_are_told_and_missing_ones_refused(csv):
    found = read_table(csv("issue,actor,position,salience,capability,mood\ni,a,1,2,3,good\ni,b,2,2,3,bad\n"))
    assert found.table.proposals == ("i",)
    assert any("'mood'" in note for note in found.notes)
    ((line, path, message, _),) = problems(csv("issue,actor,position,saliense,capability\ni,a,1,2,3\n"))
    assert (line, path) == (1, "salience")
    assert "missing" in message


@pytest.mark.parametrize(
    ("text", "line", "path"),
    [
        ("Case,x,3,1\nActor,Description,Influence,Q Position,Q Salience\na,,1,0,10\nb,,1,5,10\n", 1, "n_actors"),
        ("Case,x,two,1\nActor,Description,Influence,Q Position,Q Salience\na,,1,0,10\n", 1, "n_actors"),
        ("Case,x,1,2\nActor,Description,Influence,Q Position,Q Salience\na,,1,0,10\n", 2, ""),
        ("Case,x,1,1\nActor,Description,Influence,Q Position,Q Salience\na,,1,0,10,7\n", 3, ""),
        ("Case,x,2,1\nActor,Description,Influence,Q Position,Q Salience\na,,1,0,10\na,,1,5,10\n", 4, "actor"),
        ("Case,x,1,1\nActor,Description,Influence,Q Position,Q Salience\na,,1,0,110\n", 3, "Q Salience"),
        ("Actor,Capability,Position,Salience\na,1,4,0.5\nb,1,four,0.5\n", 3, "position"),
        ("Actor,Capability,Position,Salience\na,1,4,0.5\nb,1,4,0.5\n", 1, "position"),
        ("a,b\n1,2\n", 1, ""),
        ("", None, ""),
    ],
)
def test_what_is_wrong_in_the_other_forms(csv, text, line, path):
    assert (line, path) in {(one[0], one[1]) for one in problems(csv(text))}


def test_a_ktab_actor_with_more_than_all_salience_is_told(csv):
    text = "Case,x,1,2\nActor,Description,Influence,Q Position,Q Salience,R Position,R Salience\na,,1,0,70,5,60\n"
    assert any("sum to 130" in note for note in read_table(csv(text)).notes)


def test_no_file_and_no_text(tmp_path):
    assert problems(tmp_path / "nowhere.csv")[0][2] == "there is no such file"
    (tmp_path / "odd.csv").write_bytes(b"\xff\xfe\x00")
    assert "a cell with a letter that cannot be shown (U+0000)" in problems(tmp_path / "odd.csv")[0][2]


names = st.text("abc XYZ'\"-,é", min_size=1, max_size=8).map(str.strip).filter(bool)
values = st.floats(0, 100, allow_nan=False).map(lambda x: round(x, 3))


@st.composite
def tables(draw) -> PositionTable:
    actors = draw(st.lists(names, min_size=1, max_size=5, unique=True))
    issues = []
    for k in range(draw(st.integers(1, 3))):
        stands = tuple(Stand(actor, draw(values), draw(values), draw(values)) for actor in actors)
        rule = draw(st.sampled_from(["QMV", "Unan", "QMV(10)", ""]))
        reference, outcome = draw(st.none() | values), draw(st.none() | values)
        issues.append(
            SpatialIssue(
                f"p{k % 2}", f"i{k}", stands, wave="1", voting_rule=rule, reference_point=reference, outcome=outcome
            )
        )
    return PositionTable(tuple(issues))


@given(tables())
def test_the_long_form_comes_back(tmp_path_factory, table):
    text, lost = table_text(table, "long")
    file = tmp_path_factory.mktemp("long") / "table.csv"
    file.write_text(text, encoding="utf-8")
    assert lost == ()
    assert read_table(file).table == table


def test_ktab_and_the_expected_utility_form_come_back(tmp_path):
    for name, form in (("river-ktab", "ktab"), ("delay-eu", "eu")):
        first = read_table(EXAMPLES / f"{name}.csv")
        text, lost = table_text(first.table, form)
        file = tmp_path / f"{name}.csv"
        file.write_text(text, encoding="utf-8")
        assert lost == ()
        assert read_table(file) == first
        assert table_text(read_table(file).table, form)[0] == text


def test_one_form_turns_into_another(tmp_path):
    river = read_table(EXAMPLES / "river-ktab.csv").table
    text, lost = table_text(river, "long")
    (tmp_path / "river.csv").write_text(text, encoding="utf-8")
    back = read_table(tmp_path / "river.csv").table
    assert lost == ("descriptions of actors",)
    assert [one.stands for one in back.issues] == [one.stands for one in river.issues]
    delay = read_table(EXAMPLES / "delay-eu.csv").table
    text, lost = table_text(delay, "ktab")
    (tmp_path / "delay.csv").write_text(text, encoding="utf-8")
    assert any("--scale" in one for one in lost)
    (issue,) = read_table(tmp_path / "delay.csv", scale=(2.0, 10.0)).table.issues
    assert issue.saliences == pytest.approx(delay.issues[0].saliences)


def test_what_a_form_cannot_hold_is_refused():
    harbour = read_table(EXAMPLES / "harbour-long.csv").table
    with pytest.raises(ValueError, match="one proposal"):
        table_text(harbour, "ktab")
    with pytest.raises(ValueError, match="isle has no stand on share of the dues"):
        table_text(harbour.of("quay"), "ktab")
    with pytest.raises(ValueError, match="one issue"):
        table_text(harbour.of("quay"), "eu")
    assert table_text(harbour.of("pilots"), "eu")[1][-1] == "names of proposal and issue"


@pytest.mark.parametrize("value", ["1e308", "-1e308", "1e400", "1e-320"])
@pytest.mark.parametrize("column", [1, 2, 3])
def test_a_number_that_no_scenario_may_hold_is_refused(tmp_path: Path, value: str, column: int) -> None:
    rows = [["actor", "capability", "position", "salience"], ["a", "1", "2", "1"], ["b", "1", "9", "0.5"]]
    rows[2][column] = value
    table = tmp_path / "t.csv"
    table.write_text("\n".join(map(",".join, rows)) + "\n", encoding="utf-8")
    with pytest.raises(ScenarioError, match="out of range"):
        read_table(table)
