"""Fixtures that all tests share."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sitegen.build import Built
from tests.browsing import address, browser, published, site, stress  # noqa: F401 (fixtures)
from tests.support import SITE_YAML, Files, build_folder, write_course


@pytest.fixture
def make(tmp_path: Path) -> Callable[..., Built]:
    """make(files, site) builds a tiny course in memory."""

    def build(files: Files | None = None, site: str = SITE_YAML, **options: Any) -> Built:  # noqa: F811
        return build_folder(write_course(tmp_path / "course", files, site), **options)

    return build
