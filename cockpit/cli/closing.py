"""How every help page ends: two commands to try, and the exit codes that can be met."""

from cockpit.exits import Exit


def closing(first: str, second: str, *exits: Exit) -> str:
    """Return the end of a help page. `ok`, `unexpected` and `usage` can be met everywhere and need not be named."""
    codes = sorted({Exit.OK, Exit.UNEXPECTED, Exit.USAGE, *exits})
    lines = ["\b", "Examples:", f"  {first}", f"  {second}", "", "\b", "Exit codes:"]
    return "\n".join(lines + [f"  {code.value:>3}  {code.meaning}" for code in codes])
