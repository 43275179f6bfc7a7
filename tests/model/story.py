"""A story: rules one after the other, compared and looked at after each, and an end at which all must agree.

A new rule is one method with `@rule` in one of the five classes, and nothing else.
"""

from collections import Counter
from typing import Final

from oms.domain.order import OrderStatus
from tests.model import invariants
from tests.model.bounded import Bounded
from tests.model.exit_rules import ExitRules
from tests.model.leg_rules import LegRules
from tests.model.our_rules import OurRules
from tests.model.program import SYMBOLS
from tests.model.rules import Step
from tests.model.shadow import Shadow
from tests.model.venue_rules import VenueRules
from tests.model.wire_rules import WireRules

FOLDED_EVERY: Final = 10  # steps between two foldings of the whole journal; after each one the shadow is compared


class Story(OurRules, ExitRules, LegRules, WireRules, VenueRules):
    """From an empty journal on. `taken` counts the rules that had something to act on, `reached` the statuses."""

    def __init__(self, *, at_once: bool, stops: bool = True, changes: bool = True) -> None:
        super().__init__(at_once=at_once, stops=stops, changes=changes)
        self.taken: Counter[str] = Counter()
        self.reached: Counter[OrderStatus] = Counter()
        self.shadow = Shadow(self.program)
        self.bounded = Bounded(self.program, self.reference)
        self.recover(0)
        for place, _ in enumerate(SYMBOLS):
            self.quote(place, 500)

    def step(self, step: Step) -> None:
        """Take one step and compare. Raises AssertionError: program and reference differ, or an invariant is broken."""
        program, was = self.program, invariants.before(self.program)
        happened = getattr(self, step.name)(*step.numbers)
        self.tell_deeds()
        self.steps += 1
        self.taken[step.name] += bool(happened)
        for name, order in program.state.blotter.orders.items():
            if name not in was.orders or was.orders[name].status is not order.status:
                self.reached[order.status] += 1
        invariants.believed_alike(program, self.reference)
        invariants.hold(program, self.reference, was)
        self.bounded.look()
        self.shadow.follow()
        if self.steps % FOLDED_EVERY == 0:
            self.shadow.fold_anew()

    def end(self) -> None:
        """Let the faults end and a person resume, for a stop holds changes back, and demand that the books agree."""
        self.venue.going.clear()
        self.recover(0)
        self.resume()
        for _ in range(3):
            self.let_pass(45.0)
            self.answer_all()
        self.agree()
        self.let_pass(45.0)
        self.answer_all()
        invariants.believed_alike(self.program, self.reference)
        invariants.agreed(self.program, self.reference)
        self.bounded.settle()
        self.shadow.follow()
        self.shadow.fold_anew()
