"""What a step that checks data gets from the DataSource whose rules hold.

The job of such a step is a Glue ETL job: only its evaluation transform tells for each row, and a
run on the catalog (StartDataQualityRulesetEvaluationRun) does not. A row that breaks a rule is bad.
Rules about all of the data, such as `RowCount`, blame no row: where one fails, quarantine cannot
help and the run fails. Its metrics are those below, in `NAMESPACE`, by `Ruleset`.
Source: AWS Glue developer guide, "EvaluateDataQuality class".
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from reconciler.facts import dqdl
from reconciler.kinds.api import Role, Scope
from reconciler.kinds.terms.location import Spot, inside
from reconciler.kinds.terms.permissions import allow_find
from reconciler.model.value import Json, Ref

RULESET = "AWS::Glue::DataQualityRuleset"
NAMESPACE = "Moorline/Quality"
_OF_GLUE = "Glue Data Quality"
"""Where the transform itself publishes metrics. Source: Glue developer guide, "Configure IAM
permissions for AWS Glue Data Quality"."""
FAILED_RULES, FAILED_ROWS = "RulesFailed", "RowsFailed"
PASSED_ROWS, SKIPPED_ROWS = "RowsPassed", "RowsSkipped"
OPTIONS = {"compositeRuleEvaluation.method": "ROW", "observations.scope": "ALL"}
"""Options of the transform without which `(…) or (… = NULL)` would tell of no row."""


class Other(NamedTuple):
    """Data that rules compare with."""

    source: str
    uri: Json
    format: str
    spot: Spot


@dataclass(frozen=True, slots=True)
class Checked:
    """What is checked, and by which rules."""

    source: str
    """The name of the DataSource."""
    ruleset: Ref
    """The name of the ruleset in AWS, and the dimension of its metrics."""
    text: str
    """The rules."""
    format: str
    """How the objects are written, as in ``parquet``; "" where the spec does not say."""
    references: Mapping[str, Other]
    """Other data that rules look into, by what they call it: the transform's additional sources."""

    @property
    def rows(self) -> bool:
        """Whether a rule tells for each row: else nothing can be quarantined."""
        try:
            return any(each.rows for each in dqdl.ruleset(self.text))
        except dqdl.DqdlError:  # kinds of rules that only AWS knows
            return True


def of(scope: Scope, source: str) -> Checked:
    """The rules of a DataSource.

    Raises:
        LackingError: it has none, which the compiler makes a finding where it is named.
    """

    def get(name: str, what: str) -> Json:
        return scope.export("DataSource", name, what)

    others = {
        name: Other(
            other,
            get(other, "uri"),
            get(other, "format") or "",
            inside(scope, "DataSource", other, tree=True),
        )
        for name, other in get(source, "references").items()
    }
    return Checked(
        source, get(source, "ruleset"), get(source, "dqdl"), get(source, "format") or "", others
    )


def grant(scope: Scope, role: Role, checked: Checked) -> None:
    """What the job needs beside its data: to tell its result and metrics, and what it compares."""
    own = scope.arn("glue", f"dataQualityRuleset/{checked.ruleset.target.name}")
    scope.grant(role, ("glue:PublishDataQuality",), on=(own,))
    scope.grant(
        role,
        ("cloudwatch:PutMetricData",),
        on=("*",),
        when={"StringEquals": {"cloudwatch:namespace": [_OF_GLUE, NAMESPACE]}},
    )
    for other in checked.references.values():
        allow_find(scope, role, other.spot)
