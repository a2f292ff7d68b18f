"""Generators of the committed data under `schemas/`. Developer tools, not shipped."""

import os

os.environ["MOORLINE_DESCRIBE"] = "1"  # before any kind is imported
