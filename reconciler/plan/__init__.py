"""From a graph and what is live to a plan: differences, order, calls, losses, objections. Pure.

The heart of Moorline. Nothing here reads a clock, a disk or AWS; the same input gives the same
bytes. `order` puts the steps together from what its neighbours decide.
"""
