"""A section of Markdown: parts apart from each other, tables under their captions, empty parts left out."""

from __future__ import annotations

from sim.report.words.markdown_parts import folded, section
from sim.report.words.table_writers import Table


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
