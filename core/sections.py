"""Parts of a record's page that floors above give: the page asks for them without knowing who answers."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Section:
    """One part of a page: its template, and what the template gets under the name `section`."""

    template: str
    context: dict[str, Any] = field(default_factory=dict)


# (record, person) -> the section, or None where there is nothing to say.
Provider = Callable[[Any, Any], Section | None]


class Sections:
    """The sections of one kind of page, in the order in which apps register them when they start."""

    def __init__(self) -> None:
        self._providers: list[Provider] = []

    def register(self, provider: Provider) -> None:
        if provider not in self._providers:
            self._providers.append(provider)

    def of(self, record: Any, user: Any) -> list[Section]:
        """What the floors above have to show this person on the page of this record."""
        found = (provider(record, user) for provider in self._providers)
        return [section for section in found if section is not None]
