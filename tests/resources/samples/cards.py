"""What is said of a model."""

from __future__ import annotations

from .sample import Sample

card = Sample(
    "AWS::SageMaker::ModelCard",
    "acme-test-fraud-card",
    minimal={"Content": {"IntendedUses": {"RiskRating": "Low"}}, "ModelCardStatus": "Draft"},
    full={
        "Content": {"ModelOverview": {"ModelDescription": "Finds fraud.", "ModelCreator": "us"}},
        "ModelCardStatus": "PendingReview",
    },
    edits=(
        {
            "Content": {"ModelOverview": {"ModelDescription": "Finds it.", "ModelCreator": "us"}},
            "ModelCardStatus": "Approved",
        },
        {"ModelCardStatus": "Archived"},
    ),
)
