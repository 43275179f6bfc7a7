"""`python -m cockpit`, and the `cockpit` command."""

from cockpit.cli.app import app


def main() -> None:
    """Run the command line and leave with its exit code."""
    app(prog_name="cockpit")


if __name__ == "__main__":
    main()
