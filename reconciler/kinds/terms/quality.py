"""What a step that checks data gets from the DataSource that it checks, and the job that does it.

A step does this:

    check = of(scope, "transactions")               # the rules, where the data is, what is compared
    grant(scope, role, check)                       # what the job reads and tells, but for the data
    job["DefaultArguments"] |= check.arguments
    started["Arguments"] |= {"--in": …, "--good": …, "--bad": …, "--on-violation": "quarantine"}

and gives the job the script `SCRIPT` of `reconciler.kinds.terms.quality_script`. Only Glue ETL's
transform tells for each row; a run on the catalog (StartDataQualityRulesetEvaluationRun) does not.
The job writes rows that are right to `--good`, rows that are not to `--bad` with the rules that they
break, and its counts to ``<bad>/_summary/<run>.json``. It ends with an error where a rule about
all of the data fails, and with ``--on-violation fail`` where any does. Its metrics are
`FAILED_RULES`, `FAILED_ROWS`, `PASSED_ROWS` and `SKIPPED_ROWS` in `NAMESPACE`, by `Ruleset`.
Source: AWS Glue developer guide, "EvaluateDataQuality class".
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from reconciler.facts import dqdl
from reconciler.kinds.api import Role, Scope
from reconciler.kinds.terms.location import inside
from reconciler.kinds.terms.permissions import allow_find
from reconciler.model.value import Json, Ref

RULESET = "AWS::Glue::DataQualityRuleset"
NAMESPACE = "Moorline/Quality"
FAILED_RULES, FAILED_ROWS = "RulesFailed", "RowsFailed"
PASSED_ROWS, SKIPPED_ROWS = "RowsPassed", "RowsSkipped"
MARK = "--moorline-quality"
"""The argument by which a sandbox knows the job."""


class Other(NamedTuple):
    """Data that rules compare with."""

    source: str
    database: Ref
    table: Ref


@dataclass(frozen=True, slots=True)
class Checked:
    """What is checked, and by which rules."""

    source: str
    """The name of the DataSource."""
    ruleset: Ref
    """The name of the ruleset in AWS."""
    text: str
    """The rules."""
    format: str
    """How the objects are written, as in ``parquet``."""
    references: Mapping[str, Other]
    """Other data that rules look into, by what they call it."""

    @property
    def rows(self) -> bool:
        """Whether a rule tells for each row: else nothing can be quarantined."""
        try:
            return any(each.rows for each in dqdl.ruleset(self.text))
        except dqdl.DqdlError:  # kinds of rules that only AWS knows
            return True

    @property
    def arguments(self) -> dict[str, Json]:
        """Arguments of the job that are the same in each run."""
        found: dict[str, Json] = {MARK: "1", "--ruleset": self.ruleset, "--format": self.format}
        for name, other in self.references.items():
            found |= {f"--ref-{name}-database": other.database, f"--ref-{name}-table": other.table}
        if self.references:
            found["--references"] = ",".join(self.references)
        return found


def of(scope: Scope, source: str) -> Checked:
    """The rules of a DataSource.

    Raises:
        LackingError: it has none, which the compiler makes a finding where it is named.
    """

    def get(name: str, what: str) -> Json:
        return scope.export("DataSource", name, what)

    others = {
        name: Other(other, get(other, "database"), get(other, "table"))
        for name, other in get(source, "references").items()
    }
    return Checked(
        source, get(source, "ruleset"), get(source, "dqdl"), get(source, "format") or "", others
    )


def grant(scope: Scope, role: Role, checked: Checked) -> None:
    """What the job needs beside its data: the rules, tables it compares with, and its metrics."""
    own = scope.arn("glue", f"dataQualityRuleset/{checked.ruleset.target.name}")
    scope.grant(role, ("glue:GetDataQualityRuleset",), on=(own,))
    scope.grant(role, ("glue:PublishDataQuality",), on=(own,))
    scope.grant(
        role,
        ("cloudwatch:PutMetricData",),
        on=("*",),
        when={"StringEquals": {"cloudwatch:namespace": NAMESPACE}},
    )
    for other in checked.references.values():
        base, table = other.database.target.name, other.table.target.name
        places = ("catalog", f"database/{base}", f"table/{table}")
        on = [scope.arn("glue", place) for place in places]
        scope.grant(role, ("glue:GetDatabase", "glue:GetPartitions", "glue:GetTable"), on=on)
        allow_find(scope, role, inside(scope, "DataSource", other.source, tree=True))
