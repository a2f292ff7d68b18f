"""The name of a region. That no list has it is no error here: AWS adds regions."""

from typing import Annotated

from pydantic import AfterValidator, StringConstraints

from reconciler.facts.partitions import is_region, near_region


def _a_region(text: str) -> str:
    if not is_region(text):
        near = near_region(text)
        meant = f"; did you mean {near!r}?" if near else ""
        help_ = f"write {near or 'a region such as eu-west-1'}"
        raise ValueError(f"no partition of AWS has regions like {text!r}{meant}\n{help_}")
    return text


Region = Annotated[
    str,
    StringConstraints(pattern=r"^[a-z]{2,4}(-[a-z]+)+-[0-9]{1,2}$"),
    AfterValidator(_a_region),
]
