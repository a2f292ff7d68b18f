"""What all tests share."""

from __future__ import annotations

import gc
import os

os.environ["MOORLINE_DESCRIBE"] = "1"  # before any kind is imported: schemas are tested too

import pytest

gc.set_threshold(100_000, 50, 50)  # as the command; walking over all of moto costs a tenth else
pytest.register_assert_rewrite("engine.platform")
