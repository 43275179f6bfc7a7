"""Which distance a `trail_by` is: a trailing stop is one by its name, and has its own.

Of any other order it is that of the stop behind what it trades. A plain stop order has one distance, like every order,
and could only follow the market itself, which was not said; so it is refused, and so are legs of a stop that trails. A
request that meant two things at once would have one of them dropped, and the position would be without its stop.
"""

from collections.abc import Mapping
from typing import Final

from cockpit.library.errors import RequestError
from oms.domain.order import OrderType

TRAILS: Final = "trailing_stop"
"""What traders call a stop order that follows the market."""
_LEGS: Final = ("protect_price", "target_price")


def require_one_meaning(request: Mapping[str, object], word: object, order_type: OrderType) -> None:
    """Look whether a request's distance can be meant, `word` being the type of order as it was asked for.

    Raises:
        RequestError: a trailing stop has no distance, or asks for legs; or a plain stop has one.
    """
    length = request.get("trail_by")
    if isinstance(word, str) and word.lower() == TRAILS:
        if length is None:
            raise RequestError("trail_by: a trailing stop order needs one")
        for leg in _LEGS:
            if request.get(leg) is not None:
                raise RequestError(f"{leg}: a trailing_stop order has none: where it will trade is not known")
    elif order_type is OrderType.STOP_MARKET and length is not None:
        raise RequestError("trail_by: a stop order has none, nor has the stop behind it: ask for a trailing_stop")
