"""The runtime runs in AWS's images: of their oldest Python, and with their numpy, old and new."""

from __future__ import annotations

import ast
import builtins
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from reconciler.jobs import PROGRAM, RUNTIME, package

ROOT = Path(__file__).parents[2]
FILES = sorted((ROOT / "reconciler" / "analysis").glob("*.py"))
OLDEST = (3, 8)
"""Of `1.2-1`; `1.4-2` has 3.10, and `1.9-0` has 3.12."""
PACKAGES = {"numpy", "scipy", "pyarrow", "boto3"}
NEWER = {
    "tomllib", "zoneinfo", "graphlib",  # modules
    "removeprefix", "removesuffix", "UTC", "cache", "pairwise", "batched", "bit_count",
    "BooleanOptionalAction", "is_relative_to", "readlink", "anext", "aiter", "ExceptionGroup",
    "nullcontext_async", "to_thread", "file_digest", "fmean_weights", "cbrt", "exp2", "sumprod",
    "getLevelNamesMapping", "StrEnum", "TypeAlias", "ParamSpec", "Self", "assert_never",
}  # fmt: skip
"""What came after the oldest Python, by any of its names."""
NUMPY = {
    "trapezoid", "astype", "concat", "unique_values", "unique_counts", "isdtype", "vecdot",
    "permute_dims", "cumulative_sum", "matvec", "bitwise_count",  # came with 2
    "trapz", "in1d", "product", "cumproduct", "float_", "unicode_", "string_", "Inf", "NaN",
    "row_stack", "alltrue", "sometrue", "asfarray", "cast", "find_common_type", "bool8", "msort",
    "round_", "infty", "PINF", "NINF", "obj2sctype", "sctype2char", "compat", "safe_eval",
}  # fmt: skip
"""What numpy 1 or numpy 2 lacks."""
KEYWORDS = {("zip", "strict"), ("dataclass", "slots"), ("dataclass", "kw_only"), ("b64decode", "_")}
GENERIC = {name for name in dir(builtins) if isinstance(getattr(builtins, name), type)} | {
    "Callable", "Mapping", "Sequence", "Iterator", "Iterable", "Counter", "defaultdict", "deque",
    "Collection", "OrderedDict", "ChainMap",
}  # fmt: skip
"""Types that 3.8 lets nobody subscribe, but in annotations, which it does not look at."""


def annotations(tree: ast.AST) -> Iterator[ast.AST]:
    """What nobody computes, where annotations are texts."""
    for node in ast.walk(tree):
        for name in ("annotation", "returns"):
            if (found := getattr(node, name, None)) is not None:
                yield found


def newer(text: str) -> list[str]:  # noqa: C901 - a list of questions
    """What of a file the oldest Python, or one of the numpys, lacks."""
    tree = ast.parse(text, feature_version=OLDEST)
    told = {node for found in annotations(tree) for node in ast.walk(found)}
    faults = []
    if told and "from __future__ import annotations" not in text:
        faults.append("annotations are computed")
    for node in ast.walk(tree):
        if node in told:
            continue
        if isinstance(node, ast.Attribute) and node.attr in NEWER:
            faults.append(node.attr)
        if isinstance(node, ast.alias) and node.name.split(".")[-1] in NEWER:
            faults.append(node.name)
        if (isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name)
                and node.value.id == "np" and node.attr in NUMPY):  # fmt: skip
            faults.append(f"np.{node.attr}")
        if isinstance(node, ast.Subscript) and getattr(node.value, "id", "") in GENERIC:
            faults.append(ast.unparse(node))
        if isinstance(node, ast.Call):
            called = getattr(node.func, "id", getattr(node.func, "attr", ""))
            faults += [f"{called}({it.arg}=…)" for it in node.keywords
                       if (called, it.arg) in KEYWORDS]  # fmt: skip
        if (
            isinstance(node, ast.BinOp)
            and isinstance(node.op, ast.BitOr)
            and isinstance(node.left, ast.Dict)
        ):
            faults.append("dict | dict")
        if (
            isinstance(node, ast.BinOp)
            and isinstance(node.op, ast.BitOr)
            and (getattr(node.left, "id", "") in GENERIC)
        ):
            faults.append(ast.unparse(node))
    return faults


def imported(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (each.name.split(".")[0] for each in node.names)
        elif isinstance(node, ast.ImportFrom) and not node.level:
            yield (node.module or "").split(".")[0]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_a_file_is_of_the_oldest_python_and_needs_what_images_have(path: Path) -> None:
    text = path.read_text()
    assert newer(text) == []
    strange = {*imported(ast.parse(text))} - PACKAGES - {*sys.stdlib_module_names}
    assert strange == set()


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("a = 'x'.removeprefix('y')", "removeprefix"),
        ("from datetime import UTC", "UTC"),
        ("for a, b in zip(c, d, strict=True): pass", "zip(strict=…)"),
        ("from typing import Callable\nVerb = Callable[[int], str]", "Callable[[int], str]"),
        ("kinds = dict[str, int]", "dict[str, int]"),
        ("def a(b: list[int]): pass", "annotations are computed"),
        ("import numpy as np\nnp.trapz([1])", "np.trapz"),
        ("import numpy as np\nnp.trapezoid([1])", "np.trapezoid"),
        ("a = {} | b", "dict | dict"),
        ("isinstance(a, int | str)", "int | str"),
    ],
)  # fmt: skip
def test_what_is_newer_is_seen(text: str, fault: str) -> None:
    assert fault in newer(text)


@pytest.mark.parametrize("text", ["match a:\n case 1: pass", "with (open(a) as b, c as d): pass"])
def test_newer_grammar_is_seen(text: str) -> None:
    with pytest.raises(SyntaxError):
        ast.parse(text, feature_version=OLDEST)


def test_the_program_runs_by_itself_without_anything_of_ours(tmp_path: Path) -> None:
    program = tmp_path / "runtime.zip"
    program.write_bytes(package(RUNTIME))
    (tmp_path / "data.csv").write_text("a,b\n1,x\n2,y\n3,x\n")
    place = '{"data": {"path": "%s"}, "output": "%s"}'
    config = place % (tmp_path / "data.csv", tmp_path / "out")
    done = subprocess.run(
        [sys.executable, "-I", str(program), "profile", "--json", config[:20], config[20:]],
        cwd=tmp_path, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")
    assert (tmp_path / "out" / "reference.json").exists()
    assert b"reconciler" not in b"".join(
        each.read_bytes() for each in FILES if each.name != "__main__.py"
    )


def test_the_program_is_the_same_bytes_each_time_and_changes_with_any_file() -> None:
    assert package(RUNTIME) == package(RUNTIME)
    assert all(f"{PROGRAM}/{path.name}".encode() in package(RUNTIME) for path in FILES)
    assert b"scipy>=" in package(RUNTIME)
