"""`cockpit headless`: the engine without a screen."""

import contextlib
import sys
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from cockpit.cli.options import ConfigOption, JsonOption, StateOption
from cockpit.exits import Exit
from cockpit.modes import TradingMode

if TYPE_CHECKING:
    from cockpit.cli.workplace import Workplace
    from cockpit.headless import Plan
    from cockpit.queries.plain import Json
    from cockpit.queries.result import VerbResult

_ENDINGS: Final = {"SIGINT": Exit.INTERRUPTED, "SIGTERM": Exit.TERMINATED}

SIGNALS: Final = {
    "signals": "",
    "signals_filled": "filled",
    "signals_denied": "denied",
    "signals_expired": "expired",
    "signals_declined": "declined",
}
ORDERS: Final = {
    "orders": "",
    "submitted": "sent",
    "rejected": "rejected",
    "canceled": "canceled",
    "expired": "expired",
}


def duration(text: str) -> float:
    """Return seconds from `90`, `90s`, `1.5h`, `8h`, `1d`.

    Raises:
        typer.BadParameter: it is no duration.
    """
    from cockpit.queries.span import secs_in

    try:
        secs = secs_in(text)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from error
    if not secs:
        msg = f"{text!r} is no time for a run"
        raise typer.BadParameter(msg)
    return secs


def day(text: str) -> str:
    """Return an ISO date as it is.

    Raises:
        typer.BadParameter: it is none.
    """
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError as error:
        msg = f"{text!r} is no date such as 2010-06-18"
        raise typer.BadParameter(msg) from error


def speed_text(text: str) -> str:
    """Return a speed as it is.

    Raises:
        typer.BadParameter: it is none.
    """
    from cockpit.speed import Speed, SpeedError

    try:
        Speed.parse(text)
    except SpeedError as error:
        raise typer.BadParameter(str(error)) from error
    return text


def headless(  # noqa: PLR0913, PLR0917 - its parameters are the verb's options
    mode: Annotated[TradingMode | None, typer.Option(help="Instead of the configured one.")] = None,
    speed: Annotated[
        str | None, typer.Option(parser=speed_text, metavar="S", help="Bars a second (0.5), 60x, or max.")
    ] = None,
    length: Annotated[
        float | None, typer.Option("--duration", parser=duration, metavar="D", help="End at the next bar after this.")
    ] = None,
    bars: Annotated[int | None, typer.Option(min=1, help="End after so many sessions of the tape.")] = None,
    start: Annotated[str | None, typer.Option("--from", parser=day, metavar="DATE", help="First session.")] = None,
    end: Annotated[str | None, typer.Option("--to", parser=day, metavar="DATE", help="Last session.")] = None,
    fresh: Annotated[bool, typer.Option("--fresh", help="Begin a new journal; the old one is kept by date.")] = False,
    strategy_path: Annotated[
        Path | None, typer.Option(exists=True, file_okay=False, help="A folder with strategies of your own.")
    ] = None,
    seed: Annotated[int | None, typer.Option(help="Instead of the configured one.")] = None,
    progress: Annotated[bool, typer.Option(help="Say on stderr where the run is, every 5 s.")] = True,
    config: ConfigOption = None,
    state: StateOption = None,
    json: JsonOption = False,
) -> None:
    """Run the engine without a screen and print what the run amounted to.

    It goes on where the journal ends and stops at whichever comes first: --bars, --to, the tape's end, --duration, or
    a signal. SIGINT and SIGTERM end it in order, a second one at once; SIGHUP is journaled and the run goes on. While
    it runs, the other verbs ask it over its socket.

    In the report bars are the sessions played to their end, orders all that were taken on, also those that were
    denied. All counts and max_drawdown are of this run; fees, realized, unrealized and equity are of the account since
    its journal began. Under "run" and "account" the JSON has orders, fills, fees and realized of both.
    """
    from cockpit.cli.envelope import run
    from cockpit.headless import Plan
    from cockpit.market import Bounds

    plan = Plan(
        bounds=Bounds(start=start, end=end, bars=bars),
        speed=speed,
        strategy_path=strategy_path,
        duration_secs=length,
        tell=_tell if progress else None,
        alarm=_tell,
    )
    run(
        "headless",
        config,
        state,
        json,
        lambda workplace: _headless(workplace, plan, fresh=fresh),
        _report,
        mode=mode,
        seed=seed,
    )


def _headless(workplace: "Workplace", plan: "Plan", *, fresh: bool) -> "VerbResult":
    from cockpit.folders import demand_own
    from cockpit.fresh import begin_afresh
    from cockpit.headless import play
    from cockpit.queries.result import VerbResult

    demand_own(workplace.paths.state, workplace.paths.account)
    kept = begin_afresh(workplace.paths) if fresh else None
    warnings: tuple[str, ...] = (f"the old journal is kept in {kept}",) if kept is not None else ()
    goes_on = workplace.paths.journal.exists()
    with contextlib.redirect_stdout(sys.stderr):  # what a strategy prints must not stand in the answer
        data = play(workplace.settings, workplace.paths, plan)
    if goes_on:
        warnings += _what_had_no_effect(plan, data)
    return VerbResult(data, seq=data["final_seq"], warnings=warnings, exit=_ENDINGS.get(data["ended_by"], Exit.OK))


def _what_had_no_effect(plan: "Plan", data: "Json") -> tuple[str, ...]:
    """Return what to know of a run that went on from a journal which had come further than the options reach."""
    if data["quotes"] == 0:
        return ("nothing was left to play: the journal goes on after its last session; --fresh begins a new one",)
    first = data["tape"]["from"]
    if plan.bounds.start is not None and first is not None and first > plan.bounds.start:
        return ("--from had no effect: the journal goes on after its last session; --fresh begins a new one",)
    return ()


def _tell(line: str) -> None:
    """Write a line of progress; a terminal that is gone hears nothing."""
    from contextlib import suppress

    with suppress(OSError):
        typer.echo(line, err=True)


def _report(data: "Json") -> str:
    from cockpit.cli.table import decimal, pairs
    from cockpit.format import count, money, percent, signed_money

    denied = ", ".join(f"{rule} {count(number)}" for rule, number in data["denied"].items() if number)
    realized, tape = signed_money(decimal(data["run"]["realized"])), data["tape"]
    return pairs(
        [
            ("tape", f"{tape['name']} {tape['from'] or '—'} to {tape['to'] or '—'}"),
            ("ended by", f"{data['ended_by']} after {data['wall_s']:.1f} s"),
            ("bars", f"{count(data['bars'])}, quotes {count(data['quotes'])}"),
            ("signals", _counts(data, SIGNALS)),
            ("orders", _counts(data, ORDERS)),
            ("fills", f"{count(data['fills'])}, partial {count(data['partial_fills'])}"),
            ("denied", denied or "none"),
            ("fees", f"{_purse(data['run']['fees'])}; of the account {_purse(data['fees'])}"),
            ("realized", f"{realized}; of the account {signed_money(decimal(data['realized']))}"),
            ("unrealized", signed_money(decimal(data["unrealized"]))),
            ("equity", money(decimal(data["equity"]))),
            ("max drawdown", percent(decimal(data["max_drawdown"]), signed=False)),
            ("records", count(data["final_seq"])),
            ("hash", data["final_hash"]),
            ("trace", data["trace"]),
            ("seed", str(data["seed"])),
        ]
    )


def _purse(fees: "Json") -> str:
    from cockpit.cli.table import decimal
    from cockpit.format import money_in

    return ", ".join(money_in(decimal(amount), currency) for currency, amount in fees.items()) or "none"


def _counts(data: "Json", names: dict[str, str]) -> str:
    """Return counts behind their words: `42, filled 30, denied 3`."""
    from cockpit.format import count

    return ", ".join(f"{word} {count(data[field])}".strip() for field, word in names.items())
