"""`cockpit orders cancel`: one order, asked back from its venue.

The screen cancels at once and offers to write the order again; a command line can offer nothing afterwards, so it asks
before. What is not ours has no order here and cannot be named.
"""

from typing import TYPE_CHECKING, Annotated

import typer

from cockpit.cli.confirm import is_somebody_there, is_yes
from cockpit.cli.options import ConfigOption, JsonOption, StateOption
from cockpit.exits import Exit, Failure

if TYPE_CHECKING:
    from cockpit.cli.workplace import Workplace
    from cockpit.queries.plain import Json
    from cockpit.queries.result import VerbResult


def cancel(
    order_id: Annotated[str, typer.Argument(metavar="ID", help="12, after a restart 2-12, as lists say; or the id.")],
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask; needed where nobody can be asked.")] = False,
    config: ConfigOption = None,
    state: StateOption = None,
    json: JsonOption = False,
) -> None:
    """Cancel what is left of one order of ours, on the running engine.

    One that stands behind a position, a stop or a target, goes too: the question says so. It is partly done (13) while
    the venue has not confirmed the cancel, and not done (9) where the order had ended before.
    """
    from cockpit.cli.envelope import run

    run("orders cancel", config, state, json, lambda workplace: _cancel(workplace, order_id, yes=yes), _canceled)


def _cancel(workplace: "Workplace", order_id: str, *, yes: bool) -> "VerbResult":
    from cockpit.cli.workplace import ask_engine, told

    found = ask_engine(workplace, "orders show", {"id": order_id})
    if found is None:
        hint = "start one (cockpit headless), or cockpit stop: then the next start cancels what works"
        raise Failure(Exit.WRONG_STATE, "NO_ENGINE", "no engine runs to cancel it", hint=hint)
    if not yes and not is_somebody_there():
        message = "a canceled order is not made again, and there is no terminal to ask on"
        raise Failure(Exit.UNCONFIRMED, "CONFIRMATION_REQUIRED", message, hint="say --yes")
    if not yes and not is_yes(f"Cancel {_wish(found.data)}?"):
        raise Failure(Exit.UNCONFIRMED, "DECLINED", "nothing was canceled")
    response = ask_engine(workplace, "orders cancel", {"id": found.data["id"]})
    if response is None:
        raise Failure(Exit.WRONG_STATE, "NO_ENGINE", "the engine ended before it was asked")
    return told(response)


def _wish(order: "Json") -> str:
    """Return `order 12, SELL 10 IBM.XNYS STOP_MARKET 126.50, a protective stop`."""
    from cockpit.cli.table import px, qty
    from oms.domain.ids import short_id
    from oms.domain.order import Purpose

    found = [(name, px(order[f"{name}_px"])) for name in ("stop", "limit") if order[f"{name}_px"] is not None]
    prices = "".join(f" {name} {price}" if len(found) > 1 else f" {price}" for name, price in found)
    what = f"{order['side']} {qty(order['quantity'])} {order['instrument']} {order['type']}{prices}"
    kinds = {Purpose.PROTECT.value: ", a protective stop", Purpose.CLOSE.value: ", which closes what is held"}
    return f"order {short_id(order['id'])}, {what}{kinds.get(order['purpose'], '')}"


def _canceled(data: "Json") -> str:
    filled = f", {data['filled_qty']} of {data['quantity']} filled" if data["filled_qty"] != "0" else ""
    return f"{data['id']}  {data['status']}  {data['side']} {data['quantity']} {data['instrument']}{filled}"
