"""A headless Chromium that opens reports as files, and hears what they ask for and complain of."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from reconciler.model.plan import Plan, plan_to_json
from reconciler.render.formats import Context
from reconciler.render.html import vendor
from reconciler.render.html.report import page

from . import pages

FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
WIDE = {"width": 1440, "height": 900}


@dataclass
class Opened:
    """A page in the browser. `asked` has the addresses of requests, `said` what the console has."""

    page: Any
    file: Path
    asked: list[str] = field(default_factory=list)
    said: list[str] = field(default_factory=list)

    def text(self, selector: str) -> str:
        return str(self.page.locator(selector).inner_text())

    def names(self) -> list[str]:
        """The rows that the list shows now."""
        found = self.page.locator(".row .name").all_inner_texts()
        return [name.split(maxsplit=1)[1] for name in found]

    def settle(self) -> None:
        """Wait until the graph has followed the list."""
        self.page.wait_for_timeout(250)


Open = Callable[..., Opened]


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    program = shutil.which("chromium") or shutil.which("chromium-browser")
    if program is None:
        pytest.skip("no chromium on this machine; Debian: apt-get install chromium")
    api = pytest.importorskip("playwright.sync_api", reason="the dev group is not installed")
    with api.sync_playwright() as driver:
        made = driver.chromium.launch(executable_path=program, args=FLAGS)
        yield made
        made.close()


@pytest.fixture
def show(browser: Any, tmp_path: Path) -> Iterator[Open]:
    """Write a report and open it."""
    contexts = []

    def opened(
        plan: Plan | dict[str, Any],
        context: Context | None = None,
        *,
        fragment: str = "",
        libraries: tuple[vendor.Library, ...] | None = None,
        **options: Any,
    ) -> Opened:
        data = plan if isinstance(plan, dict) else plan_to_json(plan)
        file = tmp_path / f"report-{len(contexts)}.html"
        data = json.loads(json.dumps(data))
        found = vendor.libraries() if libraries is None else libraries
        text = page(data, context or Context(sources=pages.SOURCES), found)
        file.write_text(text, encoding="utf-8")
        contexts.append(browser.new_context(**{"viewport": WIDE, **options}))
        made = Opened(contexts[-1].new_page(), file)
        made.page.on("request", lambda request: made.asked.append(request.url))
        made.page.on("console", lambda message: made.said.append(message.text))
        made.page.on("pageerror", lambda error: made.said.append(str(error)))
        made.page.goto(file.as_uri() + fragment)
        return made

    yield opened
    for each in contexts:
        each.close()


@pytest.fixture
def day(show: Open) -> Opened:
    return show(pages.day())


@pytest.fixture
def drawn(day: Opened) -> Opened:
    """As `day`, when the graph library is there."""
    if not vendor.libraries():
        pytest.skip("no graph library: python -m reconciler.render.html.fetch needs npm")
    day.settle()
    return day
