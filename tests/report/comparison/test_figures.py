import re
import struct
from xml.etree import ElementTree

import pytest

from sim.analysis.comparison.accumulate import Accumulator
from sim.report.canvas.palette import (
    ACCENT,
    DARK_LABEL,
    FORMAT_COLOURS,
    HEAT,
    INK,
    MUTED,
    ON_FILL,
    OUTCOME_FILL,
    PAPER,
    WARM,
    format_colour,
)
from sim.report.canvas.sheet import EM, Words, to_svg, wrapped
from sim.report.canvas.symbols import axis, step, ticks
from sim.report.comparison.figures import draw_all, save_all
from sim.types import FormatInfo, PartyInfo, Structure
from tests.analysis.synthetic import blocks, structure
from tests.report.conftest import compare, result_of

SVG = "{http://www.w3.org/2000/svg}"
DARK_PAPER = "#14181d"


@pytest.fixture(scope="module")
def drawings(baseline, variants):
    return draw_all(result_of(baseline, variants=variants))


def test_all_figures_are_there(drawings):
    assert set(drawings) == {
        "outcomes", "deals", "values", "blockers", "survival", "split", "pairs", "variants",
    }  # fmt: skip
    assert all(drawing.title and drawing.description for drawing in drawings.values())


def test_svg_is_well_formed_and_self_contained(drawings):
    for drawing in drawings.values():
        for inline in (False, True):
            text = to_svg(drawing, inline=inline)
            root = ElementTree.fromstring(text)
            assert root.get("role") == "img"
            assert drawing.title in root.get("aria-label")
            assert not re.search(r"\bid=|href|url\(|<script|<image", text)


def test_inside_the_page_colours_are_the_pages_own(drawings):
    for drawing in drawings.values():
        inline = to_svg(drawing, inline=True)
        assert "currentColor" in inline
        assert not any(colour in inline for colour in (INK, MUTED, PAPER))
        assert INK in to_svg(drawing)


def test_nothing_lies_off_the_sheet(drawings):
    for drawing in drawings.values():
        for item in drawing.items:
            if isinstance(item, Words) and not item.turned:
                width = len(item.words) * item.size * EM
                left = item.x - {"left": 0.0, "center": width / 2, "right": width}[item.at]
                assert left >= -8, (drawing.name, item)
                assert left + width <= drawing.width + 30, (drawing.name, item)
            if isinstance(item, Words):
                assert 0 <= item.y <= drawing.height, (drawing.name, item)


def test_outcome_bar_is_as_long_as_its_share(drawings, baseline):
    root = ElementTree.fromstring(to_svg(drawings["outcomes"]))
    by_colour = [p for p in root.iter(f"{SVG}polygon") if p.get("fill") == OUTCOME_FILL[4]]
    first = [float(n) for n in by_colour[1].get("points").replace(",", " ").split()]  # the first is the legend's
    assert first[2] - first[0] == pytest.approx(360 * baseline.formats[0].outcomes[4].value, abs=0.7)


def test_files_are_the_same_each_time(drawings, tmp_path):
    for folder in ("one", "two"):
        save_all(drawings.values(), tmp_path / folder)
    one, two = (sorted((tmp_path / folder).iterdir()) for folder in ("one", "two"))
    assert len(one) == 16
    assert [path.read_bytes() for path in one] == [path.read_bytes() for path in two]
    assert not any(str(tmp_path).encode() in path.read_bytes() for path in one)


def test_png_has_the_size_of_the_sheet(drawings, tmp_path):
    save_all([drawings["split"]], tmp_path)
    header = (tmp_path / "split.png").read_bytes()[:24]
    width, height = struct.unpack(">II", header[16:24])
    assert width == round((360 + 12) * 150 / 72)
    assert height == round((drawings["split"].height + 12) * 150 / 72)


def test_one_format_has_no_pairs():
    alone = compare(formats=(1,), n_draws=6)
    assert "pairs" not in draw_all(result_of(alone))


def test_formats_without_texts_are_drawn(tmp_path):
    never = compare(n_draws=6, likelihoods=[[0.5, 0.5, 0, 0, 0, 0, 0]] * 5)
    save_all(draw_all(result_of(never)).values(), tmp_path)


def test_thirty_parties_and_twelve_formats_are_drawn(tmp_path):
    small = structure()
    many = Structure(
        scenario_id="many",
        title="Many",
        issues=small.issues,
        parties=tuple(PartyInfo(f"p{p}", f"Party number {p}", ()) for p in range(30)),
        formats=tuple(
            FormatInfo(f"f{f}", f"Format {f} with a very long name" + " and on" * 9, "a", (0, 1), 6, 2, "public")
            for f in range(12)
        ),
        shocks=(),
        issue_composite=small.issue_composite,
        issue_option=small.issue_option,
    )  # fmt: skip
    found = Accumulator(many, range(12), 4, 2)
    for first, runs in blocks(n_draws=4, replications=2, formats=[f % 5 for f in range(12)]):
        wide = [c.repeat(8, axis=1)[:, :30] if c.ndim == 2 and c.shape[1] == 4 else c for c in runs]
        found.add(first, type(runs)._make(wide))
    drawings = draw_all(result_of(found.result(), structure=many))
    save_all(drawings.values(), tmp_path)
    for drawing in drawings.values():
        right = [item.x for item in drawing.items if isinstance(item, Words)]
        assert max(right) <= drawing.width + 1


@pytest.mark.parametrize(("low", "high"), [(0.0, 0.43), (-0.137, 0.02), (0.0, 0.0), (-3.0, 12.0), (0.0, 1e-4)])
def test_scales_have_few_round_ticks_and_hold_the_data(low, high):
    scale = axis(0, 100, [low, high, float("nan")])
    assert scale.low <= low <= high <= scale.high
    found = ticks(scale.low, scale.high)
    assert 0.0 in found
    assert 1 <= len(found) <= 6
    assert step(high - low) > 0


def test_wrapped_never_exceeds_its_room():
    assert wrapped("core=a_very_long_word_without_a_space", 50, 8, 1)[0].endswith("…")
    for text in ("one two three four five six seven", "x" * 90, ""):
        for line in wrapped(text, 60, 8, 2):
            assert len(line) <= int(60 / (8 * EM))


def luminance(colour):
    parts = [int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.03928 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one, other):
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def test_labels_and_marks_have_contrast():
    for outcome, fill in OUTCOME_FILL.items():
        assert contrast(fill, ON_FILL if outcome in DARK_LABEL else "#ffffff") >= 4.5, outcome
        assert contrast(fill, DARK_PAPER) >= 3.0, outcome
    assert len({format_colour(slot) for slot in range(20)}) == len(FORMAT_COLOURS) == 20
    for colour in (*FORMAT_COLOURS, ACCENT, WARM):
        assert contrast(colour, "#ffffff") >= 4.5, colour
        assert contrast(colour, DARK_PAPER) >= 3.0, colour
    assert contrast(INK, PAPER) >= 7
    assert contrast(MUTED, PAPER) >= 4.5
    assert contrast(HEAT, "#ffffff") >= 3
