"""Names as they may be shown."""

from functools import lru_cache

from oms.domain.text import sanitize


@lru_cache(maxsize=4_096)
def shown_name(name: str, limit: int) -> str:
    """Return a name that stands in every picture, such as a symbol or a strategy's, without what could harm a terminal
    and in at most `limit` characters. Each is looked at once. Raises ValueError if `limit` is less than 1."""
    return sanitize(name, limit)
