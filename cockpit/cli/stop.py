"""`cockpit stop` and `cockpit resume`: the gate, closed and opened by hand.

A stop must not fail for want of a word: on a terminal it asks once unless told `--yes`, anywhere else it stops at once.
A resume is the opposite: without the typed word, nothing.
"""

from typing import TYPE_CHECKING, Annotated, Final

import typer

from cockpit.cli.confirm import is_somebody_there, is_yes, typed
from cockpit.cli.options import ConfigOption, JsonOption, StateOption
from cockpit.exits import Exit, Failure

if TYPE_CHECKING:
    from cockpit.cli.workplace import Workplace
    from cockpit.queries.plain import Json
    from cockpit.queries.result import VerbResult

WORD: Final = "RESUME"


def stop(
    reason: Annotated[str, typer.Option(help="Why; it is journaled and shown.")] = "asked for",
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask, also on a terminal.")] = False,
    config: ConfigOption = None,
    state: StateOption = None,
    json: JsonOption = False,
) -> None:
    """Stop all trading: close the gate, cancel what works, pause strategies. Positions are left alone.

    Without a running engine the next start is HALTED. What is stopped stays stopped, also over a restart, until
    `cockpit resume`.
    """
    from cockpit.cli.envelope import run

    run("stop", config, state, json, lambda workplace: _stop(workplace, reason, yes=yes), _stopped)


def resume(
    confirm: Annotated[str | None, typer.Option(metavar=WORD, help="The word, where nobody can type it.")] = None,
    config: ConfigOption = None,
    state: StateOption = None,
    json: JsonOption = False,
) -> None:
    """Let orders through again after a stop or a limit that halted trading. Strategies stay paused.

    A resume is journaled, so it needs a running engine. The one exception is a stop that was given while none ran and
    that no run has seen: it is taken back by removing it.
    """
    from cockpit.cli.envelope import run

    run("resume", config, state, json, lambda workplace: _resume(workplace, confirm), _resumed)


def _stop(workplace: "Workplace", reason: str, *, yes: bool) -> "VerbResult":
    from cockpit.cli.workplace import ask_engine, told
    from cockpit.queries.rest import latch_for_next_start
    from cockpit.queries.result import VerbResult
    from oms.domain.risk import TradingState
    from oms.domain.text import sanitize

    if not yes and is_somebody_there() and not is_yes("Stop all trading?"):
        raise Failure(Exit.UNCONFIRMED, "DECLINED", "nothing was stopped")
    reason = sanitize(reason)
    try:
        response = ask_engine(workplace, "stop", {"reason": reason})
    except Failure as failure:
        if failure.exit is not Exit.TIMEOUT:
            raise
        response = None  # an engine that cannot answer must not come back trading: the latch is closed below
    if response is not None:
        return told(response)
    latched = latch_for_next_start(workplace.paths, reason)
    warnings = ["no engine runs: the next start is HALTED"]
    if latched.orders is None:
        warnings.append("the journal cannot be read: which orders work at the venue is not known")
    elif latched.orders:
        warnings.append(f"{len(latched.orders)} orders work at the venue, and no engine runs to cancel them")
    if latched.unnoted is not None:
        warnings.append(f"the stop holds, but the next start cannot journal it as yours: {latched.unnoted}")
    data = {"state": TradingState.HALTED.value, "reason": reason, "orders": latched.orders, "paused": []}
    return VerbResult(data, warnings=tuple(warnings), exit=Exit.PARTIAL if latched.unnoted is not None else Exit.OK)


def _resume(workplace: "Workplace", confirm: str | None) -> "VerbResult":
    from cockpit.cli.workplace import ask_engine, told
    from cockpit.queries.rest import open_latch
    from cockpit.queries.result import VerbResult

    if confirm is None and not is_somebody_there():
        hint = f"say --confirm {WORD}"
        raise Failure(Exit.UNCONFIRMED, "CONFIRMATION_REQUIRED", "there is no terminal to type the word on", hint=hint)
    if (typed(f"Type {WORD} to let orders through again: ") if confirm is None else confirm) != WORD:
        raise Failure(Exit.UNCONFIRMED, "DECLINED", f"the word is {WORD}; nothing was resumed")
    response = ask_engine(workplace, "resume", {})
    return told(response) if response is not None else VerbResult(open_latch(workplace.paths))


def _stopped(data: "Json") -> str:
    lines = [f"{data['state']}: {data['reason']}"]
    for order in data["orders"] or ():
        what = f"{order['side']} {order['quantity']} {order['instrument']}, filled {order['filled_qty']}"
        lines.append(f"  {order['id']}  {order['status']}  {what}")
    if not data["orders"]:
        lines.append("  no order was working")
    if data["paused"]:
        lines.append(f"  paused: {', '.join(data['paused'])}")
    return "\n".join(lines)


def _resumed(data: "Json") -> str:
    paused = f"; still paused: {', '.join(data['paused'])}" if data["paused"] else ""
    return f"{data['state']}{paused}"
