"""Names of CloudWatch: of metrics and of their namespaces.

They are printed characters of ASCII, one of which is no space, and a namespace does not begin with
a colon. Source: CloudWatch API reference, PutMetricData, Dimension.
"""

from typing import Annotated, TypeAlias

from pydantic import Field

MetricName: TypeAlias = Annotated[str, Field(pattern=r"^[ -~]*[!-~][ -~]*$", max_length=255)]
Namespace: TypeAlias = Annotated[str, Field(pattern=r"^[!-9;-~][ -~]*$", max_length=255)]
