"""How long the search is: short and repeatable in `make test`, long in `make test-long`."""

from __future__ import annotations

import os

from hypothesis import HealthCheck, Phase, settings
from sweeps import LONG

QUICK = "MOORLINE_FUZZ_QUICK" in os.environ
"""Show the first failure as it is found, without making it smaller."""
PHASES = (Phase.explicit, Phase.generate, *(() if QUICK else (Phase.shrink,)))
EXAMPLES = int(os.environ.get("MOORLINE_FUZZ_EXAMPLES", "0"))
"""Of every property; otherwise what the profile says."""
QUIET = (HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much)
settings.register_profile(
    "fuzz-ci",
    max_examples=EXAMPLES or 5,
    derandomize=True,
    deadline=None,
    database=None,
    phases=PHASES,
    suppress_health_check=QUIET,
)
settings.register_profile(
    "fuzz-long",
    max_examples=EXAMPLES or 300,
    phases=PHASES,
    deadline=None,
    print_blob=True,
    suppress_health_check=QUIET,
)
PROFILE = settings.get_profile("fuzz-long" if LONG else "fuzz-ci")
