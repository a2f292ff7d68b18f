"""The values that flow through the pipeline.

Everything here is frozen data and pure functions of it. This package imports
nothing else of ours, performs no I/O, and knows no AWS type and no spec kind.
"""
