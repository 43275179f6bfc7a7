"""The form of a ticket while it is written: the fields, the one that the cursor is on, and what a change of it entails.

It takes a size from the sizer whenever side, symbol or tag change, until somebody has typed one; and where a type asks
for a limit it begins at the market. It is read anew on demand, because what it comes to changes with the market too.

What stands in a field when the cursor comes there is *selected*, as is what a step or a choice has put there: the first
character that is typed replaces it. Put after it, a size of 22 and a 5 would be an order for 225. The keys of a step
are signs as well, so a number that is typed right after one keeps it, and is refused: it is not what was meant.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final, TypeVar

from cockpit.ticket.desk import TicketDesk
from cockpit.ticket.draft import CHOICES, Draft, Field
from cockpit.ticket.preview import Preview
from cockpit.ticket.reading import Reading
from oms.domain.ids import MANUAL
from oms.domain.order import Order

T = TypeVar("T")

CHANGEABLE: Final = frozenset({Field.QUANTITY, Field.LIMIT, Field.STOP})
"""What can be changed of an order that works."""


class Form:
    """A draft at a desk. `changes` is the order that it is about, if any; a draft that was `begun` keeps its size."""

    def __init__(self, desk: TicketDesk, draft: Draft, *, changes: Order | None = None, begun: bool = False) -> None:
        self.draft = draft
        self.field = Field.QUANTITY
        self.is_selected = True
        self.changes = changes
        self.reading = Reading()
        self.preview: Preview | None = None
        self._desk = desk
        self._is_sized = begun or changes is not None
        self._sign = ""
        """The key of the step that was taken last, if nothing was done since."""

    @property
    def fields(self) -> list[Field]:
        """What can be filled in now."""
        asked = [field for field in Field if self.draft.asks(field) and self._desk.offers(field)]
        return asked if self.changes is None else [field for field in asked if field in CHANGEABLE]

    def read(self) -> None:
        """Read what stands in it, and weigh what it comes to."""
        self.reading = self._desk.read(self.draft, self.changes)
        ticket = self.reading.ticket
        self.preview = None if ticket is None else self._desk.preview(ticket, self.changes)

    def move(self, step: int) -> None:
        """Put the cursor so many fields further; after the last comes the first."""
        fields = self.fields
        self.field = fields[(fields.index(self.field) + step) % len(fields)]
        self._select()

    def go_to_error(self) -> None:
        """Put the cursor on the first field that cannot be meant."""
        self.field = next((field for field in self.fields if field in self.reading.errors), self.field)
        self._select()

    def write(self, text: str) -> None:
        """Type this: after what was typed, or in the place of what is selected."""
        self.put((self._sign if self.is_selected else self.draft.text(self.field)) + text)

    def erase(self) -> None:
        """Take the last character away, also of what was filled in."""
        self.put(self.draft.text(self.field)[:-1])

    def put(self, text: str) -> None:
        """Let this stand in the field, if anything can be typed there."""
        if self.field in CHOICES:
            return
        self._is_sized = self._is_sized or self.field is Field.QUANTITY
        self.draft = self.draft.typed(self.field, text)
        self.is_selected, self._sign = False, ""
        if self.field in (Field.SYMBOL, Field.TAG):
            self._resize()

    def step(self, steps: int, sign: str = "") -> None:
        """Let the number in the field be so many steps more; `sign` is the key, where that may begin a number too."""
        self._is_sized = self._is_sized or self.field is Field.QUANTITY
        self.draft = self._stepped(self.field, steps)
        self._select(sign)

    def choose(self, field: Field, step: int) -> None:
        """Take another of what a field can be, so many further."""
        draft = self.draft
        if field is Field.SIDE:
            self.draft = replace(draft, side=draft.side.opposite)
            self._resize()
        elif field is Field.TYPE:
            order_type, trails = _after(self._desk.kinds, draft.kind, step)
            self.draft = replace(draft, order_type=order_type, trails=trails)
            if self.draft.asks(Field.LIMIT) and not draft.limit:  # begin where the market is
                self.draft = self._stepped(Field.LIMIT, 0)
        elif field is Field.TIF:
            self.draft = replace(draft, tif=_after(self._desk.tifs, draft.tif, step))
        elif field is Field.SYMBOL:
            self._another(step)
        elif field is Field.TAG:
            self._another_tag(step)
        if self.field not in self.fields:  # it is not asked any more
            self.field = field
        if self.field is field:
            self._select()

    def _select(self, sign: str = "") -> None:
        self.is_selected, self._sign = True, sign

    def _another(self, step: int) -> None:
        """Go to the next instrument that is listed."""
        names = self._desk.symbols
        typed = self.draft.symbol.strip().upper()
        self.draft = replace(self.draft, symbol=_after(names, typed, step) if typed in names else names[0])
        self._resize()

    def _another_tag(self, step: int) -> None:
        """Go to the next strategy; where the beginning of a name is typed, to one that begins so."""
        names, typed = self._desk.tags, self.draft.tag.strip()
        begun = next((name for name in names if name.startswith(typed)), None) if typed not in ("", *names) else None
        tag = begun or _after(names, typed or MANUAL, step)
        self.draft = replace(self.draft, tag="" if tag == MANUAL else tag)
        self._resize()

    def _stepped(self, field: Field, steps: int) -> Draft:
        read = self._desk.read(self.draft, self.changes)
        return self.draft.stepped(field, steps, read.instrument, self._desk.market_px(read, self.draft.side))

    def _resize(self) -> None:
        """Take the size that a new ticket would have, until somebody has typed one."""
        if not self._is_sized:
            self.draft = self._desk.sized(self.draft)


def _after(choices: Sequence[T], now: T, step: int) -> T:
    return choices[(choices.index(now) + step) % len(choices)] if now in choices else choices[0]
