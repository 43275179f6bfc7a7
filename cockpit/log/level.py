"""How much a line matters, and what it is about."""

from enum import IntEnum, StrEnum


class LogLevel(IntEnum):
    """How much a line matters; a floor lets lines of its level and above through."""

    TRACE = 5
    DEBUG = 10
    INFO = 20
    WARNING = 30
    ERROR = 40
    CRITICAL = 50


class TradingEventType(StrEnum):
    """What a line is about."""

    ORDER_SUBMITTED = "ORDER_SUBMITTED"
    ORDER_ACCEPTED = "ORDER_ACCEPTED"
    ORDER_FILLED = "ORDER_FILLED"
    ORDER_CANCELLED = "ORDER_CANCELLED"
    ORDER_EXPIRED = "ORDER_EXPIRED"
    ORDER_REJECTED = "ORDER_REJECTED"
    POSITION_OPENED = "POSITION_OPENED"
    POSITION_CLOSED = "POSITION_CLOSED"
    RISK_VIOLATION = "RISK_VIOLATION"
    CIRCUIT_TRIGGERED = "CIRCUIT_TRIGGERED"
    MARKET_UPDATE = "MARKET_UPDATE"
    STRATEGY_SIGNAL = "STRATEGY_SIGNAL"
    STRATEGY_STATUS = "STRATEGY_STATUS"
    SYSTEM_HEALTH = "SYSTEM_HEALTH"
    SECURITY = "SECURITY"  # who asked for what over the socket, what was refused, what could not be kept private
