"""The model card: generated, so that it says what the spec says.

Its content is held against AWS's own schema of the type before any call. Status and content are
two requests. Source: SageMaker developer guide, "Model card JSON schema"; UpdateModelCard.
"""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.kinds.api import Scope, Severity
from reconciler.kinds.model_registry.judged import policy
from reconciler.kinds.model_registry.live import Known
from reconciler.kinds.model_registry.spec import Card, ModelRegistry
from reconciler.model.graph import Node
from reconciler.model.value import Json, Props
from reconciler.registry import Stage, holders

TYPE = "AWS::SageMaker::ModelCard"
STATUS = {
    "draft": "Draft",
    "pendingReview": "PendingReview",
    "approved": "Approved",
    "archived": "Archived",
}


def build(spec: ModelRegistry, group: str, known: Known, scope: Scope) -> Iterator[Node]:
    if (card := spec.card) is None:
        return
    report_stale(card, known, scope)
    yield scope.node(
        scope.address(TYPE),
        {"ModelCardStatus": STATUS[card.status], "Content": content(spec, card, group, scope)},
        lines={
            (): ("card",),
            ("ModelCardStatus",): ("card", "status"),
            ("Content", "IntendedUses", "PurposeOfModel"): ("card", "purpose"),
            ("Content", "IntendedUses", "IntendedUses"): ("card", "uses"),
            ("Content", "IntendedUses", "RiskRating"): ("card", "risk"),
            ("Content", "IntendedUses", "ExplanationsForRiskRating"): ("card", "why"),
            ("Content", "ModelOverview", "ModelVersion"): ("card", "version"),
            ("Content", "AdditionalInformation", "CaveatsAndRecommendations"): ("card", "limits"),
            ("Content", "AdditionalInformation", "EthicalConsiderations"): ("card", "ethics"),
        },
    )


def content(spec: ModelRegistry, card: Card, group: str, scope: Scope) -> Props:
    """All that the spec knows, in the schema's places; what nobody said is left out."""
    return {
        "ModelOverview": _given(
            ModelName=group,
            ModelDescription=scope.description,
            ModelOwner=scope.owner,
            ModelVersion=card.version,
            ProblemType=card.problem,
            AlgorithmType=card.technique,
        ),
        "IntendedUses": _given(
            PurposeOfModel=card.purpose,
            IntendedUses=card.uses,
            RiskRating=card.risk.title(),
            ExplanationsForRiskRating=card.why,
        ),
        **_section("BusinessDetails", LineOfBusiness=card.business),
        "AdditionalInformation": _given(
            CaveatsAndRecommendations=card.limits,
            EthicalConsiderations=card.ethics,
            CustomDetails=_details(spec, scope),
        ),
    }


def _details(spec: ModelRegistry, scope: Scope) -> Props:
    """Where the rest is written: the specs, and what they ask of a version."""
    asked = policy(spec, scope)
    found = {"spec": f"ModelRegistry/{scope.name}", "environment": scope.place.environment}
    for index, each in enumerate(asked.thresholds):
        found[f"requires_{index}"] = f"{each.metric} {each.bound} {each.level:g}"
    for index, other in enumerate(asked.comparisons, len(asked.thresholds)):
        found[f"requires_{index}"] = f"{other.metric} notWorseThan production"
    if spec.approval is not None:
        found["approvers"] = ", ".join(spec.approval.approvers)[:1024]
    return found


def _given(**members: Json) -> Props:
    return {name: value for name, value in members.items() if value not in (None, "", {})}


def _section(section: str, **members: Json) -> Props:
    found = _given(**members)
    return {section: found} if found else {}


def report_stale(card: Card, known: Known, scope: Scope) -> None:
    """A card that was reviewed for another version than the one that is in production."""
    if card.version is None or known.versions is None:
        return
    live = [each.number for each in holders(known.versions, Stage.PRODUCTION)]
    if live and card.version not in live:
        said = ", ".join(str(each) for each in live)
        scope.problem(
            ("card", "version"),
            f"the card speaks of version {card.version}, and version {said} is in production",
            help=f"review the card for version {said}, then set 'version: {live[-1]}'",
            code="MODEL003",
            severity=Severity.WARNING,
        )
