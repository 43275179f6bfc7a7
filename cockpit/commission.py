"""`[commission.BROKER]`: what each broker charges, as one of the schedules of `oms.domain.fees`.

The type of a table says which options it has. A broker that there is not is refused with the nearest one: nobody would
charge by its table, and a session that believed it would trade for free.
"""

from typing import Final

from brokers.catalog import BROKERS
from oms.domain.fees import Commission, FixedFee, PercentFee, PerShareFee, TieredFee
from oms.domain.options import OptionError, read_table, require_choice, require_name, require_table

_TYPES: Final[dict[str, type[Commission]]] = {
    "percent": PercentFee,
    "per_share": PerShareFee,
    "fixed": FixedFee,
    "tiered": TieredFee,
}


def read_commissions(table: object) -> dict[str, Commission]:
    """Return the schedules by the brokers' names.

    Raises:
        OptionError: no such broker, type or option, or a number that is no fee.
    """
    found: dict[str, Commission] = {}
    for broker, own in require_table(table, "commission").items():
        require_name(broker, BROKERS, "commission", "broker")
        where = f"commission.{broker}"
        options = dict(require_table(own, where))
        if "type" not in options:
            msg = f"[{where}] type must be given: it has no default"
            raise OptionError(msg)
        kind = require_choice(options.pop("type"), _TYPES, where, "type")
        found[broker] = read_table(options, _TYPES[kind], where)
    return found
