"""Scripts that write the data under `schemas/`. They run by hand (`make schemas`), never in use."""
