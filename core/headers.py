"""The headers of a request that several interfaces read, as their documentation names them (core.rest reads them)."""

from drf_spectacular.utils import OpenApiParameter

KEY = OpenApiParameter(
    "Idempotency-Key", str, OpenApiParameter.HEADER, description="A fresh value; the same request again has no effect."
)
VERSION = OpenApiParameter(
    "If-Match", str, OpenApiParameter.HEADER, required=True, description="The version that is changed."
)
SEEN = OpenApiParameter(
    "If-Match", str, OpenApiParameter.HEADER, description="The version that was looked at; 412 if it has changed."
)
