"""`PYTHONPATH=tests python -m browser.speed`: how long reports take to write, open and search."""

from __future__ import annotations

import resource
import shutil
import tempfile
import time
from pathlib import Path

from reconciler.model.plan import plan_to_json
from reconciler.render.formats import Context
from reconciler.render.html.report import document

from . import pages
from .conftest import FLAGS, WIDE

SIZES = (50, 5_000, 20_000)
MEASURE = """async () => {
  const search = document.getElementById('search');
  const list = document.getElementById('list');
  const painted = () => new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
  const timed = async (act) => {
    const start = performance.now();
    act();
    await painted();
    return Math.round(performance.now() - start);
  };
  const type = (words) => () => { search.value = words; search.dispatchEvent(new Event('input')); };
  const first = await timed(type('team-3'));
  const next = await timed(type('team-3 sns'));
  await timed(type(''));
  let worst = 0;
  for (let step = 0; step < 60; step += 1) {
    worst = Math.max(worst, await timed(() => { list.scrollTop = step * list.scrollHeight / 60; }));
  }
  return { first, next, worst };
}"""


def main() -> None:
    program = shutil.which("chromium")
    with tempfile.TemporaryDirectory() as folder:
        files = {number: _written(number, Path(folder)) for number in SIZES}
        if program is None:
            print("no chromium: only writing was measured")
            return
        from playwright.sync_api import sync_playwright

        with sync_playwright() as driver:
            browser = driver.chromium.launch(executable_path=program, args=list(FLAGS))
            for number, file in files.items():
                page = browser.new_context(viewport=WIDE).new_page()
                start = time.perf_counter()
                page.goto(file.as_uri())
                opened = time.perf_counter() - start
                found = page.evaluate(MEASURE)
                print(
                    f"{number:>6} changes: opened in {opened:.2f} s, first search"
                    f" {found['first']} ms, next {found['next']} ms,"
                    f" slowest of 60 scroll frames {found['worst']} ms"
                )
                page.close()
            browser.close()


def _written(number: int, folder: Path) -> Path:
    data = plan_to_json(pages.large(number))
    start = time.perf_counter()
    text = document(data, Context(sources=pages.SOURCES))
    spent = time.perf_counter() - start
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    file = folder / f"{number}.html"
    size = file.write_text(text, encoding="utf-8") / 1_000_000
    print(f"{number:>6} changes: written in {spent:.2f} s, {size:.1f} MB, {most:.0f} MB at most")
    return file


if __name__ == "__main__":
    main()
