"""Other people's actions of GitHub, each by the commit that was looked at.

A version is a tag, which its owner may move; a commit stays what it is. Read on 2026-11-29
from the tags of the repositories; all run on Node 24.
"""

from __future__ import annotations

PINS = {
    "actions/checkout": ("v5.1.0", "fbc6f3992d24b796d5a048ff273f7fcc4a7b6c09"),
    "actions/download-artifact": ("v7.0.0", "37930b1c2abaa49bbe596cd826c3c89aef350131"),
    "actions/setup-python": ("v6.3.0", "ece7cb06caefa5fff74198d8649806c4678c61a1"),
    "actions/upload-artifact": ("v6.0.0", "b7c566a772e6b6bfb58ed0dc250532a479d7789f"),
    "github/codeql-action": ("v4.36.2", "8aad20d150bbac5944a9f9d289da16a4b0d87c1e"),
}


def action(name: str) -> str:
    """How a workflow uses an action, such as ``actions/checkout@fbc6… # v5.1.0``.

    Raises:
        KeyError: its commit is not known.
    """
    version, commit = PINS["/".join(name.split("/")[:2])]
    return f"{name}@{commit} # {version}"
