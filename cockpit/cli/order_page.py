"""One order on a page: where it stands, its executions, and the chain of records that it is a part of."""

from os import environ
from typing import Final

from cockpit.cli.quality import executed
from cockpit.cli.table import Heading, pairs, px, qty, table
from cockpit.glyphs import choose
from cockpit.queries.plain import Json
from cockpit.ticket.kind import Kind
from oms.domain.order import OrderType
from oms.domain.text import sanitize

_HELD: Final = "soft: "
"""What the engine begins with where it says why it holds an order itself."""


def page(data: Json) -> str:
    """Return an order as `cockpit orders show` tells it, with its chain where it was asked for."""
    fees = ", ".join(f"{amount} {currency}" for currency, amount in data["fees"].items())
    fields = pairs(
        [
            ("order", data["id"]),
            ("what", f"{data['side']} {qty(data['quantity'])} {data['instrument']} {kind(data)} {_time(data)}"),
            ("limit", px(data["limit_px"])),
            ("stop", px(data["stop_px"]) + (f", {px(data['trail_by'])} behind the market" if _trails(data) else "")),
            *_bracket(data),
            ("status", standing(data)),
            ("filled", f"{qty(data['filled_qty'])} at {px(data['avg_px'])}, fees {fees or 'none'}"),
            *executed(data["quality"]),
            ("strategy", data["strategy"]),
            ("signal", data["signal"] or ""),
            ("taken on", data["ts"] or ""),
            ("text", told_of(data)),
        ]
    )
    return "\n\n".join([fields, *_executions(data["fills"]), *(link(record) for record in data.get("chain", ()))])


def _bracket(order: Json) -> list[tuple[str, str]]:
    """Return what is to give back what the order trades, and for a leg whose it is; nothing where there is neither."""
    named = (("stop", "protect_px"), ("target", "target_px"), ("trail", "trail_by"))
    legs = ", ".join(f"{name} {px(order[field])}" for name, field in named if order[field] is not None)
    if order["parent"] is not None:
        return [("leg of", order["parent"])]
    return [("legs", legs)] if legs else []


def _time(order: Json) -> str:
    """Return how long it works, and whether it may only reduce."""
    until = f"{order['tif']} until {order['expires_at']}" if order["expires_at"] else order["tif"]
    return f"{until}, reduce only" if order["reduce_only"] else until


def kind(order: Json) -> str:
    """Return the type in words, with the length for a stop that follows the market: `TRAILING STOP 2.50`."""
    words = Kind(OrderType(order["type"]), _trails(order)).words
    return f"{words} {px(order['trail_by'])}" if _trails(order) else words


def _trails(order: Json) -> bool:
    """Tell whether an order is itself a stop that trails, and does not only ask for one; see `OrderTicket.trails`."""
    return order["trail_by"] is not None and order["type"] == OrderType.STOP_MARKET


def standing(order: Json) -> str:
    """Return `PENDING_CANCEL OVERDUE`: where it is, and what is odd about that. What is held here until its price is
    touched is `◍ soft`: it works as long as the engine does."""
    status = f"{choose('auto', environ).soft} soft" if order["soft"] else order["status"]
    return " ".join((status, *order["flags"]))


def told_of(order: Json) -> str:
    """Return what is said of an order; of one that is held here, or was before it was sent, that it is and why."""
    said: str = order["text"]
    if not said.startswith(_HELD):
        return said
    return f"{'held here, not at the venue' if order['soft'] else 'was held here'}: {said.removeprefix(_HELD)}"


def _executions(fills: Json) -> list[str]:
    """Return the table of fills, nothing where there is none."""
    columns = [Heading("FILLED"), Heading("QTY", right=True), Heading("PRICE", right=True), Heading("FEE", right=True)]
    rows = [(fill["ts"], qty(fill["quantity"]), px(fill["price"]), f"{fill['fee']} {fill['ccy']}") for fill in fills]
    return [table(columns, rows, "")] if rows else []


def link(record: Json) -> str:
    """Return one record of a chain: a signal with its id and what was seen, a decision with all its findings."""
    signal = record.get("signal")
    lines = [f"{record['seq']:>6}  {record['ts']}  {record['kind']}", _indented(record["text"])]
    if signal:
        lines[0] += f" {signal['id']}"
        seen = ", ".join(f"{name} {value}" for name, value in signal["metadata"].items())
        lines += [_indented(f"saw {seen}")] if seen else []
    findings = [
        f"        {finding['verdict']:<4}  {finding['rule']}: {finding['text']}" for finding in record["findings"]
    ]
    return "\n".join([*lines, *findings])


def _indented(text: str) -> str:
    return f"        {sanitize(text, 1_000)}".rstrip()
