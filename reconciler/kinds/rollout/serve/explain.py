"""`explain`: SageMaker Clarify explains answers while the endpoint gives them.

Clarify is closed to new accounts: the rule for such services finds `ExplainerConfig` by itself
(docs/availability.md). Source: SageMaker API reference, ClarifyExplainerConfig; developer guide,
"Online explainability with SageMaker Clarify".
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Literal, TypeAlias

from pydantic import Field

from reconciler.kinds.api import Maybe, Problem, Section
from reconciler.kinds.terms.location import S3Uri
from reconciler.model.value import Json, Path, Props

AT: Path = ("explain",)
Language: TypeAlias = Literal[
    "af", "sq", "ar", "hy", "eu", "bn", "bg", "ca", "zh", "hr", "cs", "da", "nl", "en", "et", "fi",
    "fr", "de", "el", "gu", "he", "hi", "hu", "is", "id", "ga", "it", "kn", "ky", "lv", "lt", "lb",
    "mk", "ml", "mr", "ne", "nb", "fa", "pl", "pt", "ro", "ru", "sa", "sr", "tn", "si", "sk", "sl",
    "es", "sv", "tl", "ta", "tt", "te", "tr", "uk", "ur", "yo", "lij", "xx",
]  # fmt: skip


class Usual(Section):
    """The requests that answers are compared with: `text` or `uri`."""

    text: Maybe[Annotated[str, Field(min_length=1, max_length=4096)]] = None
    """The records themselves, as the model takes them."""
    uri: Maybe[S3Uri] = None
    """An object in S3 with the records."""


class Explain(Section):
    """Each answer comes with what every feature had to do with it."""

    baseline: Usual
    """The requests that answers are compared with."""
    which: Maybe[Annotated[str, Field(min_length=1, max_length=64)]] = None
    """A JMESPath expression over the answer: which are explained. By default all."""
    features: Annotated[
        dict[str, Literal["numerical", "categorical", "text"]], Field(max_length=256)
    ] = Field(default_factory=dict)
    """The type of each feature, by name and in their order."""
    samples: Maybe[Annotated[int, Field(ge=1)]] = None
    """How many variations of a request are tried."""
    seed: Maybe[int] = None
    """Where random numbers begin."""
    language: Maybe[Language] = None
    """The language of text, such as ``en``; ``xx`` for any."""
    granularity: Maybe[Literal["token", "sentence", "paragraph"]] = None
    """What parts text is explained by."""


def problems(spec: Explain) -> Iterator[Problem]:
    """What SageMaker refuses of it."""
    if (spec.baseline.text is None) == (spec.baseline.uri is None):
        yield Problem((*AT, "baseline"), "a baseline is 'text' or 'uri'", "give one of them")
    if (spec.language is None) != (spec.granularity is None):
        missing = "language" if spec.language is None else "granularity"
        yield Problem(AT, "text has a language and a granularity", f"add '{missing}'")
    if spec.language is None and "text" in spec.features.values():
        yield Problem((*AT, "features"), "a feature is text", "add 'language' and 'granularity'")


def config(spec: Explain) -> Props:
    """``ExplainerConfig``."""
    base: dict[str, Json] = (
        {"ShapBaseline": spec.baseline.text}
        if spec.baseline.text is not None
        else {"ShapBaselineUri": spec.baseline.uri}
    )
    shap: dict[str, Json] = {"ShapBaselineConfig": base}
    if spec.samples is not None:
        shap["NumberOfSamples"] = spec.samples
    if spec.seed is not None:
        shap["Seed"] = spec.seed
    if spec.language is not None:
        shap["TextConfig"] = {"Language": spec.language, "Granularity": spec.granularity}
    made: dict[str, Json] = {"ShapConfig": shap}
    if spec.which is not None:
        made["EnableExplanations"] = spec.which
    if spec.features:
        made["InferenceConfig"] = {
            "FeatureHeaders": [*spec.features],
            "FeatureTypes": [*spec.features.values()],
        }
    return {"ClarifyExplainerConfig": made}
