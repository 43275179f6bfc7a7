"""`python -m cockpit`, and the `cockpit` command."""

import io
import signal
import sys

from cockpit.early import EARLY


def main() -> None:
    """Run the command line and leave with its exit code, whatever signal comes from its first line on."""
    EARLY.listen(sys.argv[1:])
    for stream in (sys.stdout, sys.stderr):  # what a terminal cannot show is spelled, in JSON as JSON spells it
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    try:
        from cockpit.cli.app import run_command_line

        sys.exit(run_command_line(sys.argv[1:]))
    except KeyboardInterrupt:
        EARLY.leave(signal.SIGINT)


if __name__ == "__main__":
    main()
