"""What all tests share."""

from __future__ import annotations

import os

os.environ["MOORLINE_DESCRIBE"] = "1"  # before any kind is imported: schemas are tested too

import pytest

pytest.register_assert_rewrite("engine.platform")
