"""The folder in which tests of files that name other files work."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.scenario.preparation.case_folder import CASE, CLAIMS, PROFILE


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "profile.yml").write_text(PROFILE, encoding="utf-8")
    (tmp_path / "case.yaml").write_text(CASE, encoding="utf-8")
    (tmp_path / "claims.yaml").write_text(CLAIMS, encoding="utf-8")
    return tmp_path
