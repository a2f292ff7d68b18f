"""What ends an analysis: its configuration or its data cannot be used."""

from __future__ import annotations


class ConfigError(Exception):
    """A member of the configuration is wrong; `path` says which, such as ``data.format``."""

    def __init__(self, path: str, message: str) -> None:
        super().__init__(f"{path}: {message}" if path else message)
        self.path = path


class DataError(Exception):
    """The data cannot be read, or too much of it is bad to say anything of the rest."""
