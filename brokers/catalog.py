"""The brokers by name. A broker's software is loaded when its name is asked for and not before.

An alias is another word for the same venue and nothing else: journals and books lie under the name.
"""

from difflib import get_close_matches
from importlib import import_module
from typing import Final

from brokers.base import BaseBroker

BROKERS: Final[dict[str, str]] = {
    "sim": "brokers.sim.venue:SimBroker",
}
ALIASES: Final[dict[str, str]] = {
    "paper": "sim",
}


def broker_class(name: str) -> type[BaseBroker]:
    """Return the class of a broker by its name or an alias, importing it.

    Raises:
        ValueError: no broker has that name; the text lists those that exist and the nearest.
    """
    name = ALIASES.get(name, name)
    if name not in BROKERS:
        nearest = get_close_matches(name, [*BROKERS, *ALIASES], n=1)
        hint = f"; did you mean {nearest[0]}?" if nearest else ""
        msg = f"there is no broker {name}: known are {', '.join([*BROKERS, *ALIASES])}{hint}"
        raise ValueError(msg)
    module, _, attribute = BROKERS[name].partition(":")
    found: type[BaseBroker] = getattr(import_module(module), attribute)
    return found
