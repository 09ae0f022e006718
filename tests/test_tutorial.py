"""The tutorial's commands are run as they stand, in order; its YAML is added to the file as the text says."""

from __future__ import annotations

import re
import shlex
import shutil
from pathlib import Path

from typer.testing import CliRunner

from sim.cli.main import app

ROOT = Path(__file__).resolve().parent.parent
BLOCK = re.compile(r"^```(bash|bash fails|yaml)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def run(line: str, *, fails: bool) -> str:
    words = shlex.split(line)
    if words[0] == "cp":
        shutil.copy(words[1], words[2])
        return ""
    assert words[0] == "parley", f"the tutorial may use cp and parley only: {line}"
    result = CliRunner().invoke(app, words[1:])
    assert result.exit_code == (2 if fails else 0), f"{line}\n{result.output}\n{result.exception!r}"
    return result.output


def settled(output: str) -> list[float]:
    """Settlement of the two formats, in percent."""
    return [
        float(share) for share in re.findall(r"([\d.]+)% ", re.findall(r"^Settlement +(.*)", output, re.MULTILINE)[0])
    ]


def test_the_tutorial_works_as_written(workplace):
    shutil.copytree(ROOT / "scenarios", workplace / "scenarios")
    blocks = BLOCK.findall((ROOT / "docs" / "tutorial.md").read_text(encoding="utf-8"))
    assert len(blocks) >= 8
    told: list[tuple[str, str]] = []
    for kind, text in blocks:
        if kind == "yaml":
            with (workplace / "my-well.yaml").open("a", encoding="utf-8") as file:
                file.write("\n" + text)
            continue
        for line in text.strip().splitlines():
            told.append((line, run(line, fails=kind == "bash fails")))
    assert (workplace / "results" / "village-well" / "latest" / "report.html").is_file()
    talks = [output.split("\n", 1)[1] for line, output in told if " trace " in line]
    assert talks[0] != talks[-1], "another draw shows another story"
    shares = [settled(output) for line, output in told if "--no-variants" in line]
    text = (ROOT / "docs" / "tutorial.md").read_text(encoding="utf-8")
    quoted = [
        [int(share) for share in re.findall(r"(\d+)%", part)]
        for part in re.findall(
            r"the two farmers settle in .*?of the runs.*?, all three in \d+%|from 93% to \d+%.*?from 80% to \d+%",
            text,
            re.DOTALL,
        )
    ]
    assert shares[0] == quoted[0]
    assert [shares[0][1], shares[1][1], shares[0][0], shares[1][0]] == quoted[1]
    assert max(shares[2]) < min(shares[1]), "two lines that meet in half of the draws, and before in a fifth"
