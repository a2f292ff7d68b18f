"""`PYTHONPATH=tests python -m browser.pictures [FOLDER]`: the pictures in the docs.

FOLDER is what `python -m docs.demo_gitops --keep FOLDER` wrote; its comment is taken as well,
drawn with GitHub's Markdown library and Mermaid.
"""

from __future__ import annotations

import re
import shutil
import sys
import tempfile
from pathlib import Path

import cmarkgfm

from reconciler.model.plan import plan_to_json
from reconciler.render.formats import Context
from reconciler.render.html.report import document

from . import pages
from .conftest import FLAGS

FOLDER = pages.ROOT / "docs" / "images"
SIZE = {"width": 1320, "height": 1250}
TOPS = {"light": "scrollTo(0, 0)", "dark": "document.getElementById('work').scrollIntoView()"}

MERMAID = pages.ROOT / ".venv/formats/node_modules/mermaid/dist/mermaid.min.js"
COMMENT = """
<!doctype html><meta charset="utf-8"><style>
body {{ font: 14px/1.5 sans-serif; margin: 24px; max-width: 880px; color: #1f2328 }}
code, pre {{ font: 12px/1.45 monospace; background: #f6f8fa; border-radius: 6px }}
pre {{ padding: 12px; overflow: auto }} code {{ padding: 2px 4px }} pre code {{ padding: 0 }}
blockquote {{ border-left: 4px solid #cf222e; margin: 0; padding: 0 12px }}
h2, h3 {{ border-bottom: 1px solid #d1d9e0 }} hr {{ border: 2px solid #d1d9e0 }}
</style>{body}<script src="{script}"></script>
<script>mermaid.initialize({{startOnLoad: false, securityLevel: "strict"}});
window.drawn = mermaid.run({{querySelector: ".mermaid"}});</script>
"""


def comment(text: str) -> str:
    """The comment as a page, near to what a forge makes of it."""
    made = cmarkgfm.github_flavored_markdown_to_html(text, cmarkgfm.Options.CMARK_OPT_UNSAFE)
    block = r'<pre lang="mermaid"><code>(.*?)</code></pre>'
    made = re.sub(block, r'<pre class="mermaid">\1</pre>', made, flags=re.DOTALL)
    return COMMENT.format(
        body=made.replace("[!CAUTION]", "<b>Caution</b>"), script=MERMAID.as_uri()
    )


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
        for kept in map(Path, sys.argv[1:]):
            file.write_text(comment((kept / "comment.md").read_text()), encoding="utf-8")
            page = browser.new_context(viewport={"width": 960, "height": 600}).new_page()
            page.goto(file.as_uri())
            page.evaluate("window.drawn")
            page.screenshot(path=FOLDER / "comment.png", full_page=True)
        browser.close()


if __name__ == "__main__":
    main()
