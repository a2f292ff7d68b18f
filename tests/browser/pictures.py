"""`PYTHONPATH=tests python -m browser.pictures`: the pictures of the report for the docs."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from reconciler.model.plan import plan_to_json
from reconciler.render.formats import Context
from reconciler.render.html.report import document

from . import pages
from .conftest import FLAGS

FOLDER = pages.ROOT / "docs" / "images"
SIZE = {"width": 1320, "height": 1250}
TOPS = {"light": "scrollTo(0, 0)", "dark": "document.getElementById('work').scrollIntoView()"}


def main() -> None:
    from playwright.sync_api import sync_playwright

    FOLDER.mkdir(exist_ok=True)
    text = document(plan_to_json(pages.day()), Context(sources=pages.SOURCES))
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as driver:
        file = Path(folder) / "report.html"
        file.write_text(text, encoding="utf-8")
        program = shutil.which("chromium")
        browser = driver.chromium.launch(executable_path=program, args=list(FLAGS))
        for scheme, look in TOPS.items():
            page = browser.new_context(viewport=SIZE, color_scheme=scheme).new_page()
            page.goto(file.as_uri() + "#change-6")
            page.evaluate(look)
            page.wait_for_timeout(500)
            page.screenshot(path=FOLDER / f"report-{scheme}.png")
        browser.close()


if __name__ == "__main__":
    main()
