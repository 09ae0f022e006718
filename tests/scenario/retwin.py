"""Writes the resolved twins of the valid corpus anew: `python -m tests.scenario.retwin`. Look at the difference."""

from __future__ import annotations

from pathlib import Path

from sim.scenario import load_scenario

VALID = Path(__file__).parent.parent / "scenarios" / "valid"


def main() -> None:
    for file in sorted(VALID.glob("*.yaml")):
        if not file.name.endswith(".resolved.yaml"):
            file.with_suffix(".resolved.yaml").write_text(load_scenario(file).to_yaml(), encoding="utf-8")


if __name__ == "__main__":
    main()
