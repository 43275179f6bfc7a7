"""The brokers by name. A broker's software is loaded when its name is asked for and not before."""

from difflib import get_close_matches
from importlib import import_module
from typing import Final

from brokers.base import BaseBroker

BROKERS: Final[dict[str, str]] = {
    "sim": "brokers.sim.venue:SimBroker",
}


def broker_class(name: str) -> type[BaseBroker]:
    """Return the class of a broker, importing it.

    Raises:
        ValueError: no broker has that name; the text lists those that exist and the nearest.
    """
    if name not in BROKERS:
        nearest = get_close_matches(name, BROKERS, n=1)
        hint = f"; did you mean {nearest[0]!r}?" if nearest else ""
        msg = f"no broker {name!r}: known are {', '.join(BROKERS)}{hint}"
        raise ValueError(msg)
    module, _, attribute = BROKERS[name].partition(":")
    found: type[BaseBroker] = getattr(import_module(module), attribute)
    return found
