"""`cockpit positions`: what is held, and for whom."""

from typing import TYPE_CHECKING

import typer

from cockpit.cli.closing import closing
from cockpit.cli.options import ConfigOption, JsonOption, StateOption
from cockpit.exits import Exit

if TYPE_CHECKING:
    from cockpit.queries.plain import Json

positions = typer.Typer(
    name="positions",
    help="Positions: what is held, and for whom.",
    no_args_is_help=True,
    epilog=closing("cockpit positions list", "cockpit positions list --json"),
)


@positions.command(
    "list",
    epilog=closing(
        "cockpit positions list", "cockpit positions list --json", Exit.CONFIG, Exit.TIMEOUT, Exit.INTEGRITY
    ),
)
def list_(config: ConfigOption = None, state: StateOption = None, json: JsonOption = False) -> None:
    """List the open positions, a line for each strategy's share of an instrument.

    STOP is the worst price at which it would be given back, `for` how much of it where that is not all, `soft`
    where it is held here and works as long as the engine does, `sent` where the venue has not taken it yet, and
    `unknown` where it does not answer.
    """
    from cockpit.cli.envelope import run
    from cockpit.cli.workplace import ask

    run("positions list", config, state, json, lambda workplace: ask(workplace, "positions list"), _table)


def _stop(position: "Json") -> str:
    """Return `147.00`, `147.00 for 10` where it stands for no more than that, `147.00 soft` where it is held here, or
    `sent` where the venue has not taken it yet, or `unknown` where it does not answer, or `none`."""
    from decimal import Decimal

    from cockpit.cli.table import px, qty

    found = position["protection"]
    if found is None:
        return "none"
    is_part = Decimal(found["quantity"]) < abs(Decimal(position["quantity"]))
    part = f" for {qty(found['quantity'])}" if is_part else ""
    return px(found["stop_px"]) + part + ("" if found["where"] == "venue" else f" {found['where']}")


def _table(data: "Json") -> str:
    from cockpit.cli.table import Heading, decimal, px, qty, table
    from cockpit.format import UNKNOWN, age, signed_money
    from oms.domain.units import SECOND

    columns = [
        Heading("INSTRUMENT"),
        Heading("STRATEGY"),
        Heading("QTY", right=True),
        Heading("AVG", right=True),
        Heading("MARK", right=True),
        Heading("AGE", right=True),
        Heading("STOP", right=True),
        Heading("UNREALIZED", right=True),
        Heading("REALIZED", right=True),
    ]
    rows = [
        (
            position["instrument"],
            position["strategy"],
            qty(position["quantity"]),
            px(position["avg_px"]) if position["avg_px"] is not None else UNKNOWN,
            px(position["mark_px"]),
            age(int(position["mark_age"] * SECOND) if position["mark_age"] is not None else None),
            _stop(position),
            signed_money(decimal(position["unrealized"])) if position["unrealized"] is not None else UNKNOWN,
            signed_money(decimal(position["realized"])),
        )
        for position in data
    ]
    return table(columns, rows, "no open positions")
