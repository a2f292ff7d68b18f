"""Codes about changes that are made in several requests."""

from __future__ import annotations

from reconciler.model.codes.code import Code

ORDER = 71
CODES = (
    Code(
        "STAGE001",
        "changes in several requests",
        "AWS takes only one change of this kind per request. They are sent one after the other, each once AWS is done with the one before; the times are what AWS usually takes.",
        "Nothing is needed. If an apply ends in between, the next plan has what is left.",
    ),
    Code(
        "STAGE002",
        "works less meanwhile",
        "While a change is made, a part of the resource does not work, such as an index that is removed and built again, or an application that has to be stopped for it.",
        "Apply when nothing needs that part; or keep the old part beside a new one of another name.",
    ),
    Code(
        "STAGE003",
        "left stopped",
        "An apply stopped a resource for a change and ended before it was started again. Its tag moorline:stopped says so.",
        "Apply: it is changed as far as that is left to do, and started.",
    ),
    Code(
        "STAGE004",
        "takes more than one apply",
        "AWS takes a change of this kind only some time after the last one, such as another attribute of a table's time to live, which has to be off for an hour in between. This apply does the first part, or waits with it.",
        "Apply again when the time has passed. Nothing else is held up.",
    ),
)
