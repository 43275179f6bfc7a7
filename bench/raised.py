"""Limits raised until no order of a campaign is denied by one, as settings are written.

No rule is left out: what is not mentioned here holds as it is built in.
"""

from typing import Final

RAISED: Final = """
[risk.max_order_value]
limit = 1000000000
[risk.max_position]
limit = 1
[risk.max_trades]
limit = 100
[risk.max_positions]
limit = 100
[risk.max_per_symbol]
limit = 100
[risk.duplicate]
limit = 0
[risk.daily_loss]
limit_frac = 1
limit = 1000000000
[risk.order_rate]
limit = 1000000
burst = 999
"""
