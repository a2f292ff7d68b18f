"""A plan or a drift report as one HTML file that makes no request.

The head, what destroys and the findings are written by the template, so they
are there without scripts. The list, the differences and the graph are drawn in
the browser from the JSON that is embedded. Every script and style is named in
the page's content security policy by its digest; nothing else may run or load.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

import orjson
from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template

from reconciler.model.value import Json
from reconciler.render import section
from reconciler.render.formats import Context
from reconciler.render.html import vendor
from reconciler.render.html.changes import changes
from reconciler.render.html.excerpts import excerpts
from reconciler.render.html.head import findings, head, loud, verdict
from reconciler.render.markdown.view import view

__all__ = ["document", "page"]

PAGE = Path(__file__).with_name("page")
STYLES = ("colours.css", "report.css", "change.css", "print.css")
SCRIPTS = ("model.js", "list.js", "change.js", "layout.js", "graph.js", "print.js", "main.js")


def document(plan: Mapping[str, Json], context: Context) -> str:
    """The whole page. The same plan and context give the same bytes."""
    return page(plan, context, vendor.libraries())


def page(plan: Mapping[str, Json], context: Context, libraries: Sequence[vendor.Library]) -> str:
    """The page with these libraries in it; without any it draws no graph."""
    seen = view(plan, context)
    found = seen.entries
    data = changes(found, context, plan["environment"])
    scripts = [*(library.script for library in libraries), _script()]
    payload = {
        "drift": context.drift,
        "changes": data,
        "sources": excerpts(data, context.sources),
    }
    style = _joined(STYLES)
    return _template().render(
        head=head(plan, context),
        verdict=verdict(plan, context),
        loud=loud(data),
        findings=findings(plan),
        panels=[panel for each in section.of(seen) if (panel := each.html(seen))],
        number=len(data),
        drift=context.drift,
        data=embedded(payload),
        style=style,
        scripts=scripts,
        libraries=libraries,
        policy=_policy(scripts, style),
    )


def embedded(value: Json) -> str:
    """JSON that ends no script element and starts no comment, wherever its text comes from."""
    text = orjson.dumps(value).decode()
    for character in "<>&\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return text


def _policy(scripts: list[str], style: str) -> str:
    allowed = " ".join(_digest(script) for script in scripts)
    return (
        f"default-src 'none'; script-src {allowed}; style-src {_digest(style)};"
        " base-uri 'none'; form-action 'none'"
    )


def _digest(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


@cache
def _script() -> str:
    return f"(() => {{\n'use strict';\n{_joined(SCRIPTS)}}})();\n"


@cache
def _joined(names: tuple[str, ...]) -> str:
    return "".join((PAGE / name).read_text(encoding="utf-8") for name in names)


@cache
def _template() -> Template:
    environment = Environment(
        loader=FileSystemLoader(PAGE),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("page.html.j2")
