"""Histories of operations that overlap in time, and whether some order of them explains every answer.

The answers of a history are right if its operations can be put one after the other, none before one that had
returned when it was called, so that each gives exactly the answer it gave (linearizability, Herlihy and Wing 1990).
That is stricter than "never too much": a refusal for lack of room must be true at some moment between call and return.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, NamedTuple

SUBMITTED, APPROVED = "submitted", "approved"
ENDS = {"withdraw": (SUBMITTED, APPROVED), "reject": (SUBMITTED,), "lapse": (SUBMITTED, APPROVED)}


@dataclass(frozen=True)
class Event:
    """One operation: what was asked, when it was called and returned (any rising clock), what came back.

    `answer` is "ok" or the code of the refusal; `left` what was said to be left, {number of the item: quantity}.
    """

    name: str
    called: int
    returned: int
    answer: str
    claim: int = 0
    organization: int = 0
    quantities: tuple[Decimal, ...] = ()
    item: int = 0
    left: tuple[tuple[int, Decimal], ...] = ()


class Held(NamedTuple):
    """A live claim: whose, in which status, how much of each item."""

    organization: int
    status: str
    quantities: tuple[Decimal, ...]


class State(NamedTuple):
    """What is needed of each item, and the live claims by their number."""

    needed: tuple[Decimal, ...]
    live: frozenset[tuple[int, Held]]

    def left(self) -> tuple[Decimal, ...]:
        taken = [held.quantities for _number, held in self.live]
        return tuple(needed - sum(own[n] for own in taken) for n, needed in enumerate(self.needed))

    def without(self, claim: int) -> "State":
        return self._replace(live=frozenset(pair for pair in self.live if pair[0] != claim))

    def put(self, claim: int, held: Held) -> "State":
        return self._replace(live=self.without(claim).live | {(claim, held)})


def after(state: State, event: Event) -> State | None:
    """The state after the operation, if done alone it would have given this answer; otherwise None."""
    answer, result = STEPS[event.name](state, event)
    return result if answer == (event.answer, event.left) else None


def _claim(state: State, event: Event) -> tuple[Any, State]:
    if any(held.organization == event.organization for _number, held in state.live):
        return ("already_claimed", ()), state
    left = state.left()
    short = tuple((n, left[n]) for n, wanted in enumerate(event.quantities) if wanted > left[n])
    if short:
        return ("not_enough", short), state
    return ("ok", ()), state.put(event.claim, Held(event.organization, SUBMITTED, event.quantities))


def _approve(state: State, event: Event) -> tuple[Any, State]:
    """Approval of at most `quantities`; a claim that is decided on is not decided on again."""
    held = dict(state.live).get(event.claim)
    if held is None or held.status != SUBMITTED:
        return ("wrong_state", ()), state
    return ("ok", ()), state.put(event.claim, held._replace(status=APPROVED, quantities=event.quantities))


def _end(state: State, event: Event) -> tuple[Any, State]:
    held = dict(state.live).get(event.claim)
    if held is None or held.status not in ENDS[event.name]:
        return ("wrong_state", ()), state
    return ("ok", ()), state.without(event.claim)


def _change(state: State, event: Event) -> tuple[Any, State]:
    (wanted,) = event.quantities
    if state.needed[event.item] - state.left()[event.item] > wanted:
        return ("below_claimed", ()), state
    needed = tuple(wanted if n == event.item else old for n, old in enumerate(state.needed))
    return ("ok", ()), state._replace(needed=needed)


STEPS = {"claim": _claim, "approve": _approve, "change": _change, **dict.fromkeys(ENDS, _end)}


def explained(events: Sequence[Event], start: State, end: State) -> bool:
    """Whether some order of the events leads from `start` to `end` with the answers they gave."""
    dead: set[tuple[frozenset[Event], State]] = set()

    def search(open_events: frozenset[Event], state: State) -> bool:
        if not open_events:
            return state == end
        if (open_events, state) in dead:
            return False
        soonest = min(event.returned for event in open_events)
        for event in open_events:
            # Whatever was called after another had returned cannot come before it.
            if event.called > soonest:
                continue
            following = after(state, event)
            if following is not None and search(open_events - {event}, following):
                return True
        dead.add((open_events, state))
        return False

    return search(frozenset(events), start)
