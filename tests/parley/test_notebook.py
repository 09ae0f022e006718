"""The public face in a notebook cell, with a real kernel."""

from __future__ import annotations

from pathlib import Path

import nbformat
from nbclient import NotebookClient

ROOT = Path(__file__).resolve().parents[2]
CELLS = (
    'import parley\nresult = parley.compare("scenarios/minimal.yaml", draws=6, variants=False, benchmarks=False)',
    "result",
    "result.frame().head()",
    'parley.trace("scenarios/minimal.yaml", "farmers")',
)


def test_results_show_themselves():
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source) for source in CELLS])
    NotebookClient(notebook, timeout=300, resources={"metadata": {"path": str(ROOT)}}).execute()
    shown = [[part["data"] for part in cell.outputs if "data" in part] for cell in notebook.cells[1:]]
    comparison, frame, talk = (data["text/html"] for (data,) in shown)
    assert "<table" in comparison
    assert "The two farmers" in comparison
    assert "holds only given the scenario file" in comparison
    assert "farmers" in frame
    assert talk.startswith("<ol>")
