from __future__ import annotations

import io
import re

import pytest
from rich.console import Console

from sim.report.words.table_writers import Table, TableCell, badge, folded, section
from tests.report.comparison.test_comparison_files import Page

HOSTILE = "[bold]a|b[/bold] <script>alert(1)</script> ![x](http://x) \\| `c`"
TABLE = Table(
    f"Caption {HOSTILE}",
    (HOSTILE, TableCell("Share", left=True), TableCell(badges=(1, 2))),
    (
        (TableCell("First", "small words", badges=(1,)), TableCell("12%", "10-15", strong=True), "plain"),
        (HOSTILE, TableCell(small=HOSTILE), TableCell(links=((HOSTILE, "#ref"), ("bare", "")))),
        ("Last", TableCell("cases", look="mono"), TableCell("stays", badges=(1, 3), joint="")),
    ),
    {1: HOSTILE, 2: ""},
    note=HOSTILE,
)


def printed(table: Table, **options) -> str:
    console = Console(file=io.StringIO(), width=options.get("width", 400))
    console.print(table.rich(**options))
    return console.file.getvalue()


def test_hostile_words_are_shown_in_the_terminal():
    assert printed(TABLE).count(HOSTILE) == 7


def test_hostile_words_are_text_on_the_page():
    html = str(TABLE.html(("<b>one</b>", "two", "three")))
    assert "<script" not in html
    assert "<b>" not in html
    text = "".join(Page(html).text)
    assert text.count(HOSTILE) == 8  # the caption twice


def test_hostile_words_stay_in_their_cell_in_markdown():
    lines = TABLE.markdown("##").splitlines()
    assert not re.search(r"(?<!\\)<|]\(http", "".join(lines))
    table = [line for line in lines if line.startswith("|")]
    assert {len(cells(line)) for line in table} == {3}
    assert len(table) == 2 + 3 + 1  # head, rule, rows, one band


def cells(line: str) -> list[str]:
    """Cells of a row as GitHub's reader splits them: a backslash makes a character of what follows it."""
    found, escaped = [""], False
    for letter in line[1:-1]:
        if letter == "|" and not escaped:
            found.append("")
        else:
            found[-1] += letter
        escaped = letter == "\\" and not escaped
    return found


def test_a_cell_in_markdown():
    assert TABLE.markdown().splitlines()[2] == "| 1 First (small words) | **12%** (10-15) | plain |"
    assert TABLE.markdown().splitlines()[-1] == "| Last | `cases` | 1 3 stays |"


def test_a_cell_on_the_page():
    html = str(TABLE.html())
    assert '<th scope="col" class="left">Share</th>' in html
    assert '<th scope="row">' + str(badge(1)) + "First<small>small words</small></th>" in html
    assert '<td class="left">12%<small>10-15</small></td>' in html  # left, as the head of its column
    assert f'<th scope="col">{badge(1)}\N{MINUS SIGN} {badge(2)}</th>' in html
    assert 'class="band"' in html
    assert html.count("rowgroup") == 1


def test_a_cell_in_the_terminal():
    assert "12% 10-15" in printed(TABLE, inline=True)
    assert "12% 10-15" not in printed(TABLE)
    assert "1 \N{MINUS SIGN} 2" in printed(TABLE)
    assert "1 3 stays" in printed(TABLE)


@pytest.mark.parametrize(("width", "tables"), [(80, 1), (45, 2), (18, 5)])
def test_columns_that_do_not_fit_go_into_further_tables(width, tables):
    wide = Table("Wide", ("row", *"ABCDE"), (("x", *"12345"),), note="Below.")
    shown = printed(wide, width=width, column=(12, 20))
    assert shown.count("Wide") == tables
    assert shown.count("Below.") == 1
    assert all(len(line) <= width for line in shown.splitlines())
    assert all(letter in shown for letter in "ABCDE12345")


def test_columns():
    table = Table("T", ("", "a", "b"), (("x", "1", "2"), ("y", "3", "4")))
    assert table.columns((0, 2)).rows == (("x", "2"), ("y", "4"))


def test_a_table_without_a_head():
    table = Table("", (), (("1", "one"), ("2", "two")))
    assert "two" in printed(table)
    assert "<thead>" not in str(table.html())


def test_parts_stand_apart_and_empty_ones_are_left_out():
    table = Table("Shares", ("a", "b"), (("x|y", "1"),))
    text = section(["Words.", [], "", ["one", "two"], table, *folded("More", "Inside.")])
    assert text.split("\n\n") == [
        "Words.",
        "- one\n- two",
        "Shares:",
        "| a | b |\n|---|---|\n| x\\|y | 1 |",
        "<details><summary>More</summary>",
        "Inside.",
        "</details>",
    ]


def test_a_table_without_a_caption_stands_alone():
    assert section([Table("", ("a",), (("1",),))]) == "| a |\n|---|\n| 1 |"
