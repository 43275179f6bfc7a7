"""Asking a person, where there is one: questions go to stderr, so that stdout stays what the verb has to say."""

import sys

import typer


def is_somebody_there() -> bool:
    """Whether a terminal is there to ask on."""
    return sys.stdin.isatty() and sys.stderr.isatty()


def typed(question: str) -> str:
    """Return what is typed after a question; nothing when the terminal is closed instead."""
    typer.echo(question, nl=False, err=True)
    return sys.stdin.readline().strip()


def is_yes(question: str) -> bool:
    """Whether a question is answered with a yes."""
    return typed(f"{question} (y/n) ").lower() in {"y", "yes"}
