"""Comparisons with the SageMaker SDK are a group of their own: `pytest -m sagemaker_sdk`."""

import pytest

GROUP = "sagemaker_sdk"


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", f"{GROUP}: needs the SageMaker SDK; not run by default")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if GROUP in config.getoption("markexpr"):
        return
    out = [item for item in items if item.get_closest_marker(GROUP)]
    if out:
        config.hook.pytest_deselected(items=out)
        items[:] = [item for item in items if item not in out]
