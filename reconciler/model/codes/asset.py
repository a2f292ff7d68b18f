"""Codes about files of the repository that become objects in S3."""

from __future__ import annotations

from reconciler.model.codes.code import Code

ORDER = 56
CODES = (
    Code(
        "ASSET001",
        "nowhere to put a file of the repository",
        "A spec names a file or folder of the repository that AWS is to read, and the environment does not say into which bucket it goes. Moorline takes none by itself: whoever may write there decides what code runs.",
        "Add `assets: {source: NAME}` to the environment, with a DataSource of objects that nothing else writes to.",
    ),
    Code(
        "ASSET002",
        "a DataSource that cannot keep assets",
        "The DataSource of the environment's `assets` has no bucket, or removes or archives what is in it, or is written to by others. What runs reads its code from there for as long as it runs, at any time.",
        "Name a DataSource with `s3` that is for assets alone, without `expireAfter` and `archiveAfter`.",
    ),
    Code(
        "ASSET003",
        "a file of the repository that is not there",
        "A spec names a file or folder that the repository does not have, or a folder where a file is wanted, or a folder without files. Paths begin at the folder in which `moorline` runs, and are spelt as they are there, capitals included.",
        "Correct the path, or add the file to the repository.",
    ),
    Code(
        "ASSET004",
        "a file that leads out of the repository",
        "What a spec names, or something in it, is a link, a pipe, a device or another thing that is not a plain file, or lies outside of the repository. Nothing that a link leads to is put into a bucket: what a reviewer sees in the repository is what goes.",
        "Put the file itself into the repository.",
    ),
    Code(
        "ASSET005",
        "a file that Git ignores",
        "What a spec names is ignored by Git, so no reviewer has seen it and no other checkout has it. Ignored files in a folder stay out of its archive; a file or folder that is ignored as a whole cannot be an asset.",
        "Take it out of `.gitignore` and commit it, or build it elsewhere and name it by `source` and `path`.",
    ),
    Code(
        "ASSET006",
        "an asset that is too large",
        "A file or folder has more bytes or files than an asset may have. Code is small; what is large belongs into a bucket by itself.",
        "Name a smaller folder, or build it elsewhere and name it by `source`, `path` and `digest`.",
    ),
    Code(
        "ASSET007",
        "a secret in a file that goes into a bucket",
        "A file of an asset holds what looks like a password, a token or a key. It would be in a bucket, in every copy of the code and in whatever runs it, and stay there after it was removed here.",
        "Take it out, renew it, and let the code read it at run time from Secrets Manager by its name.",
    ),
    Code(
        "ASSET008",
        "a file that changed since the plan",
        "An asset's bytes are not those that the plan was made with and reviewed. Nothing was put.",
        "Apply from the checkout that the plan was made of, or plan again and review what changed.",
    ),
    Code(
        "ASSET009",
        "a file that could not be read",
        "The disk, or Git, did not say what is in a file or folder of the repository.",
        "Check the path and its permissions.",
    ),
)
