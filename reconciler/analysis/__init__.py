"""The analysis runtime: profiles data, compares it, judges models and their bias. Runs by itself.

A processing job runs it in AWS's scikit-learn image, or a person at a desk. It needs numpy and
scipy alone, imports nothing of ours, and nothing of ours imports it: kinds put it into S3 as an
asset. It is written for Python 3.8 and later, which those images have. See `docs/analysis.md`.
"""

VERSION = "1"
"""Of the formats that are written: a reference of another one is refused."""
