"""What is installed has every data file that the code may read."""

import tomllib
from fnmatch import fnmatch
from pathlib import Path

ROOT = Path(__file__).parents[2]
WHEEL = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["hatch"][
    "build"
]["targets"]["wheel"]


def _under(path: str, places: list[str]) -> bool:
    return any(fnmatch(path, place) or path.startswith(f"{place}/") for place in places)


def test_every_data_file_is_in_the_wheel_and_no_generator() -> None:
    files = [
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / "schemas").rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    ]
    shipped = {it for it in files if _under(it, WHEEL["only-include"])}
    shipped -= {it for it in files if _under(it, WHEEL.get("exclude", []))}
    assert sorted(shipped) == sorted(
        it for it in files if not it.endswith(".py") and "/generate/" not in it
    )
    assert WHEEL["sources"] == {"schemas": "reconciler/schemas"}
