"""Instruments as people write them: the bare symbol, wherever only one listing has it.

An id says where a thing is listed (`AAPL.XNAS`); a person writes `AAPL`. What that means depends on what the feed
lists, so it is settled here, before a strategy is made, and everybody behind knows ids only. An ambiguous name is not
guessed at.
"""

from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from typing import Final, get_args, get_origin

from msgspec import Struct
from msgspec.structs import fields

from oms.domain.ids import InstrumentId, symbol_of
from strategies.config import StrategyConfigurationError

MOST_TOLD: Final = 8  # of what is listed, when no name is near


def listed_as(name: str, listed: Sequence[InstrumentId]) -> InstrumentId:
    """Return the id that a name means: the id itself, or the only one of that symbol.

    Raises:
        ValueError: there is none, or there are several; the text names the candidates.
    """
    if (known := InstrumentId(name)) in listed:
        return known
    found = [known for known in listed if symbol_of(known) == name]
    if len(found) == 1:
        return found[0]
    if found:
        msg = f"{name} is listed more than once; write {' or '.join(found)}"
        raise ValueError(msg)
    close = get_close_matches(name, [*listed, *map(symbol_of, listed)], n=1)
    told = ", ".join(listed[:MOST_TOLD]) + (" and more" if len(listed) > MOST_TOLD else "")
    msg = f"nothing is listed as {name}; {f'did you mean {close[0]}?' if close else f'listed: {told}'}"
    raise ValueError(msg)


def with_ids(
    table: Mapping[str, object], shape: type[Struct], listed: Sequence[InstrumentId], where: str
) -> dict[str, object]:
    """Return a table `where` of the configuration with an id in the place of every name of an instrument.

    Where those stand, the types of the struct's fields say. What does not fit them is left as it is: who reads the
    table refuses it.

    Raises:
        StrategyConfigurationError: a name means no instrument, or several.
    """
    kinds = {field.encode_name: field.type for field in fields(shape)}
    named = dict(table)
    for option, value in table.items():
        try:
            named[option] = _with_ids(value, kinds.get(option), listed)
        except ValueError as error:
            hint = "; without it everything listed is traded" if option == "instruments" else ""
            msg = f"[{where}] {option}: {error}{hint}"
            raise StrategyConfigurationError(msg) from None
    return named


def _with_ids(value: object, kind: object, listed: Sequence[InstrumentId]) -> object:
    parts = get_args(kind)
    if isinstance(value, str):
        return listed_as(value, listed) if InstrumentId in _alternatives(kind) else value
    if isinstance(value, list | tuple) and parts:
        kinds = [parts[0]] * len(value) if parts[-1] is ... or len(parts) == 1 else parts
        if len(kinds) == len(value):
            return [_with_ids(inner, each, listed) for inner, each in zip(value, kinds, strict=True)]
    return value


def _alternatives(kind: object) -> set[object]:
    """Return a type, or those that stand beside None in its place."""
    return {kind} if get_origin(kind) in {tuple, list} else {kind, *get_args(kind)}
