"""Numbers do not change while the house is rebuilt."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.net.net import PARTS, STORED


@pytest.mark.parametrize("part", sorted(PARTS))
def test_numbers_stand_still(part: str, workplace: Path):
    stored = json.loads(STORED.read_text(encoding="utf-8"))[part]
    found = PARTS[part]()
    changed = sorted(key for key in stored.keys() | found.keys() if stored.get(key) != found.get(key))
    assert not changed
