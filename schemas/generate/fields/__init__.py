"""Writes `schemas/fields/`: what `moorline explain KIND.FIELD` says, one file for each kind.

Types, defaults and descriptions come from the models. The examples are documents that the
compiler takes, and what a field becomes in AWS and what changing it does is found by compiling the
example, and another one with the field changed, and planning from one to the other.

    python -m schemas.generate.fields
"""
