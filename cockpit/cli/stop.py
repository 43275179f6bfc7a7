"""`cockpit stop`, `cockpit flatten` and `cockpit resume`: the gate, closed by hand, and what may follow.

A stop must not fail for want of a word: on a terminal it asks once unless told `--yes`, anywhere else it stops at once.
Flatten and resume are the opposite: without the typed word, nothing.

A stop goes to the engine's stop socket first, which needs no loop and answers that the gate is closed. Only then is the
ordinary socket asked what became of the orders, and it may fail to say so in time: the stop stands all the same.
"""

import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final, NoReturn

import typer

from cockpit.cli.confirm import is_somebody_there, is_yes, typed
from cockpit.cli.options import ConfigOption, JsonOption, StateOption
from cockpit.exits import Exit, Failure

if TYPE_CHECKING:
    from cockpit.cli.workplace import Workplace
    from cockpit.queries.plain import Json
    from cockpit.queries.result import VerbResult
    from cockpit.server.protocol import Response

WORD: Final = "RESUME"
FLATTEN: Final = "FLATTEN"
DONE: Final = {"stop": "stopped", "flatten": "flattened", "resume": "resumed"}
GATE_SECS: Final = 2.0  # for the stop socket, which answers at once or not at all
TELL_SECS: Final = 4.0  # for what became of the orders


def stop(
    reason: Annotated[str, typer.Option(help="Why, in 200 characters; it is journaled and shown.")] = "asked for",
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask, also on a terminal.")] = False,
    config: ConfigOption = None,
    state: StateOption = None,
    json: JsonOption = False,
) -> None:
    """Stop all trading: close the gate, cancel what works, pause strategies. Positions are left alone.

    It works while the engine is busy or its disk is full, and says for each venue what it was handed and confirmed.
    Protective orders stay. Without a running engine the next start is HALTED and cancels; where orders work until then,
    the stop is partly done (13). What is stopped stays stopped, also over a restart, until `cockpit resume`; `cockpit
    flatten` closes positions meanwhile.
    """
    _run("stop", config, state, json, lambda workplace: _stop(workplace, reason, yes=yes), _stopped)


def flatten(
    instrument: Annotated[str | None, typer.Option(help="Only this one; else everything that is held.")] = None,
    confirm: Annotated[str | None, typer.Option(metavar=FLATTEN, help="The word, where nobody can type it.")] = None,
    config: ConfigOption = None,
    state: StateOption = None,
    json: JsonOption = False,
) -> None:
    """Close positions at the market, also while trading is stopped.

    Orders that work in the instruments are canceled first, protective ones too. Every order passes the gate, and can
    only reduce what the account holds.
    """
    _run("flatten", config, state, json, lambda workplace: _flatten(workplace, instrument, confirm), _flattened)


def resume(
    confirm: Annotated[str | None, typer.Option(metavar=WORD, help="The word, where nobody can type it.")] = None,
    config: ConfigOption = None,
    state: StateOption = None,
    json: JsonOption = False,
) -> None:
    """Let orders through again after a stop or a limit that halted trading. Strategies stay paused.

    Without a running engine it is written down beside the journal, and the next start does and journals it.
    """
    _run("resume", config, state, json, lambda workplace: _resume(workplace, confirm), _resumed)


def _run(
    verb: str,
    config: Path | None,
    state: Path | None,
    json: bool,
    do: "Callable[[Workplace], VerbResult]",
    show: "Callable[[Json], str]",
) -> NoReturn:
    """Do a verb of the gate, for which it is enough to know the account: see `cockpit.cli.bearings`."""
    from cockpit.cli.bearings import find_bearings
    from cockpit.cli.envelope import run

    run(verb, config, state, json, do, show, find=lambda: find_bearings(config, state, DONE[verb]))


def _stop(workplace: "Workplace", reason: str, *, yes: bool) -> "VerbResult":
    from cockpit.cli.workplace import told
    from cockpit.format import staying
    from cockpit.queries.rest import latch_for_next_start
    from cockpit.queries.result import VerbResult
    from oms.domain.risk import TradingState
    from oms.domain.text import sanitize

    if not yes and is_somebody_there() and not is_yes("Stop all trading?"):
        raise Failure(Exit.UNCONFIRMED, "DECLINED", "nothing was stopped")
    reason = sanitize(reason)
    gate = _close_gate(workplace, reason)
    response = _tell(workplace, reason, is_closed=gate is not None)
    if response is not None:
        return told(response)
    if gate is not None:
        return _only_the_gate(gate)
    latched = latch_for_next_start(workplace.paths, reason)
    warnings = ["no engine runs: the next start is HALTED"]
    if latched.orders is None:
        warnings.append("the journal cannot be read: which orders work at the venue is not known")
    elif latched.orders:
        stay = staying(len(latched.orders), "working order")
        warnings.append(f"{stay} at the venue: no engine runs to cancel before the next start")
    if latched.unnoted is not None:
        warnings.append(f"the stop holds, but the next start cannot journal it as yours: {latched.unnoted}")
    orders = {"orders": latched.orders, "kept": latched.kept}
    data = {"state": TradingState.HALTED.value, "reason": reason, **orders, "paused": []}
    return VerbResult(data, warnings=tuple(warnings), exit=Exit.OK if latched.is_whole else Exit.PARTIAL)


def _close_gate(workplace: "Workplace", reason: str) -> "Json | None":
    """Let the engine's stop watcher close the gate; return its answer, None where it gave none."""
    from cockpit.server import client
    from cockpit.server.address import stop_socket_path
    from cockpit.server.protocol import Request

    try:
        path, request = stop_socket_path(workplace.paths), Request(verb="stop", arguments={"reason": reason})
        answer = client.ask(path, request, GATE_SECS)
    except Failure as failure:
        if failure.exit is not Exit.TIMEOUT:
            raise
        return None
    return answer.data if answer is not None else None


def _tell(workplace: "Workplace", reason: str, *, is_closed: bool) -> "Response | None":
    """Ask the engine what became of the stop, or for one where nobody has closed its gate yet; None without answer."""
    from cockpit.cli.workplace import ask_engine
    from cockpit.server.desk import STOPPED

    try:
        return ask_engine(workplace, STOPPED if is_closed else "stop", {"reason": reason}, TELL_SECS)
    except Failure as failure:
        if failure.exit is not Exit.TIMEOUT and not is_closed:
            raise
        return None  # an engine that cannot answer must not come back trading: the latch is closed


def _only_the_gate(gate: "Json") -> "VerbResult":
    """Return what is known of a stop whose engine is too busy to say more."""
    from cockpit.queries.result import VerbResult
    from oms.domain.risk import TradingState

    warnings = ["the gate is closed, and the engine says no more: its cancels go out as soon as it can"]
    if gate["latch_error"] is not None:
        warnings.append(f"the gate is closed; {gate['latch_error']}")
    data = {"state": TradingState.HALTED.value, "orders": None, "paused": [], **gate}
    return VerbResult(data, warnings=tuple(warnings), exit=Exit.PARTIAL)


def _flatten(workplace: "Workplace", instrument: str | None, confirm: str | None) -> "VerbResult":
    from cockpit.cli.workplace import ask_engine, told

    _demand(FLATTEN, confirm, "close positions at the market", "flattened")
    response = ask_engine(workplace, "flatten", {"instrument": instrument, "confirm": FLATTEN})
    if response is None:
        raise Failure(Exit.WRONG_STATE, "NO_ENGINE", "no engine runs to flatten", hint="start one (cockpit headless)")
    return told(response)


def _demand(word: str, confirm: str | None, consequence: str, done: str) -> None:
    """Ask for the word unless it was given. Raises Failure when it is not the one."""
    if confirm is None and not is_somebody_there():
        hint = f"say --confirm {word}"
        raise Failure(Exit.UNCONFIRMED, "CONFIRMATION_REQUIRED", "there is no terminal to type the word on", hint=hint)
    if (typed(f"Type {word} to {consequence}: ") if confirm is None else confirm) != word:
        raise Failure(Exit.UNCONFIRMED, "DECLINED", f"the word is {word}; nothing was {done}")


def _resume(workplace: "Workplace", confirm: str | None) -> "VerbResult":
    from cockpit.cli.workplace import ask_engine, told
    from cockpit.queries.rest import open_latch
    from cockpit.queries.result import VerbResult

    _demand(WORD, confirm, "let orders through again", "resumed")
    response = ask_engine(workplace, "resume", {})
    if response is not None:
        return told(response)
    name = workplace.settings.estop.file
    if name and os.path.lexists(workplace.paths.state / name):
        message = f"{workplace.paths.state / name} is there and says stop: take it away, then resume"
        raise Failure(Exit.WRONG_STATE, "STOP_STANDS", message)
    data = open_latch(workplace.paths)
    return VerbResult(data, warnings=("no engine runs: the next start is ACTIVE and journals it",))


def _stopped(data: "Json") -> str:
    lines = [f"{data['state']}: {data['reason']}"]
    if "gate_ms" in data:
        lines.append(f"  gate closed in {data['gate_ms']} ms")
    lines += [_venue(venue) for venue in data.get("venues", ())]
    lines += [f"  {_order(order)}" for order in data["orders"] or ()]
    if data["orders"] == []:
        lines.append("  no order was working")
    lines += [f"  stays: {_order(order)}" for order in data.get("kept") or ()]
    lines += [f"  stays: {_position(held)}" for held in data.get("positions", ())]
    if data.get("positions"):
        lines.append("  cockpit flatten closes what is held")
    if data["paused"]:
        lines.append(f"  paused: {', '.join(data['paused'])}")
    return "\n".join(lines)


def _venue(venue: "Json") -> str:
    """Return `sim: 3 of 3 cancels handed over in 4 ms, 3 confirmed in 8 ms`."""
    line = f"  {venue['venue']}: {venue['handed_over']} of {venue['cancels']} cancels handed over"
    line += f" in {venue['handed_over_ms']} ms" if venue["handed_over_ms"] is not None else ""
    line += f", {venue['confirmed']} confirmed"
    line += f" in {venue['confirmed_ms']} ms" if venue["confirmed_ms"] is not None else ""
    return f"{line}; it {venue['text']}" if venue["text"] else line


def _order(order: "Json") -> str:
    what = f"{order['side']} {order['quantity']} {order['instrument']}, filled {order['filled_qty']}"
    return f"{order['id']}  {order['status']}  {what}"


def _position(held: "Json") -> str:
    return f"{held['quantity']} {held['instrument']} of {held['strategy']} at {held['venue']}"


def _flattened(data: "Json") -> str:
    from oms.domain.ids import symbol_of

    lines = [f"canceled: {_order(order)}" for order in data["canceled"]]
    lines += [_order(order) for order in [*data["orders"], *data["denied"]]]
    lines += [f"still held: {_position(held)}" for held in data["positions"]]
    only = data["instrument"]
    nothing = "nothing is held" if only is None else f"no {symbol_of(only)} is held"
    return "\n".join([*lines, *([] if data["positions"] else [nothing])])


def _resumed(data: "Json") -> str:
    paused = f"; still paused: {', '.join(data['paused'])}" if data["paused"] else ""
    return f"{data['state']}{paused}"
