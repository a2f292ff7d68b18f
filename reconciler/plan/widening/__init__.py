"""Who may do more after a change: one file for each way in which access is written down. Pure.

A way is a function from a `Turn` to losses of the class `access`. It says what is known to widen,
and what may widen because nothing proves that it does not. `reconciler.access` compares policies.
"""
