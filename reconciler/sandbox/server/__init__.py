"""The sandbox as one process on this machine: HTTP in front, controls behind `/moorline/`."""

import gc

gc.set_threshold(100_000, 50, 50)  # as the command does; collecting while moto is read only costs
