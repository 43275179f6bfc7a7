"""The two commands: `python3 run.py` starts the cockpit, `python3 run.py test` runs its tests.

A fresh machine has Python and pip and often no right to use them: the system's pip may be externally managed (PEP 668)
and its `venv` may come without ensurepip. So this file needs the standard library only. It makes a private environment
without pip, lets the pip that is there install *into* it (`pip --python`), and hands over. A stamp in the environment
holds the hash of what was installed. It is written last, under a lock that pip holds too, so an install that was
interrupted is done again from the start, and two first runs take turns.

A trader's first run installs what the cockpit needs; the tools of `test` and `check` come when first asked for.
Any Python 3 must be able to read this file, or an old one answers with a syntax error instead of a sentence: no
f-strings and no annotated variables here.
"""

import sys

if sys.version_info < (3, 11):
    sys.exit("run.py: Python 3.11 or newer is needed, this is {}.{}.{}".format(*sys.version_info[:3]))
if sys.platform == "win32":
    sys.exit("run.py: the cockpit needs Linux or macOS; on Windows it runs inside WSL")

import contextlib
import fcntl
import hashlib
import os
import pathlib
import re
import shlex
import subprocess
from collections.abc import Iterable, Iterator
from typing import TextIO

ROOT = pathlib.Path(__file__).resolve().parent
OWN_ENVIRONMENT = ROOT / ".venv"
INSTALLING = "trading-cockpit.installing"
# The first pip that installs into another interpreter.
OLDEST_PIP = (22, 3)
CHECKS = (
    ("ruff", "format", "--check", "."),
    ("ruff", "check", "."),
    ("mypy",),
    ("lint-imports", "--no-logo"),
)


class CannotInstall(Exception):
    """The environment could not be made. The text is one line that says why."""


def main(arguments: list[str]) -> int:
    """Install what `arguments` need, then run them; returns the exit code."""
    verb = arguments[0] if arguments else "run"
    retry = shlex.join(["python3", sys.argv[0], *arguments])
    try:
        python = environment("test" if verb in ("test", "check") else "run")
    except (CannotInstall, OSError) as cause:
        say("cannot install: {}; retry with: {}".format(cause, retry))
        return 1
    except KeyboardInterrupt:
        say("interrupted while installing; start again with: {}".format(retry))
        return 130
    if verb == "check":
        return check(python)
    if verb == "test":
        os.chdir(ROOT)
        return hand_over(python, ["-m", "pytest", *arguments[1:]])
    # -P: a folder named `risk` or `cockpit` where the trader happens to stand must not be imported instead of ours.
    return hand_over(python, ["-P", "-m", "cockpit", *(arguments or ["run"])])


def check(python: pathlib.Path) -> int:
    """Run every check, also after one failed; returns the exit code of the first that did, or 0."""
    codes = []
    for name, *options in CHECKS:
        say("$ " + shlex.join([name, *options]))
        codes.append(subprocess.call([str(python.parent / name), *options], cwd=ROOT))
    return next((code for code in codes if code), 0)


def hand_over(python: pathlib.Path, arguments: list[str]) -> int:
    """Become `python arguments`: terminal, signals and exit code are its own from here on, so nothing returns."""
    os.execv(python, [str(python), *arguments])


def environment(extra: str) -> pathlib.Path:
    """Return the interpreter of an environment that has `extra` ("run" or "test") installed.

    An active environment is the user's choice and is used; otherwise `.venv` beside this file is, and made if need be.
    Raises CannotInstall, or OSError when the disk refuses.
    """
    prefix = active_environment() or OWN_ENVIRONMENT
    python = prefix / "bin" / "python"
    if not is_installed(prefix, extra):
        with one_at_a_time() as lock:
            if not is_installed(prefix, extra):
                if prefix == OWN_ENVIRONMENT:
                    make_environment(prefix)
                (prefix / INSTALLING).touch()
                install(python, extra, lock)
                forget_others(prefix)
                write_stamp(prefix, extra)
                (prefix / INSTALLING).unlink()
    return python


def active_environment() -> pathlib.Path | None:
    """Return the folder of the virtual environment that runs us or is activated, None without one."""
    if sys.prefix != sys.base_prefix:
        return pathlib.Path(sys.prefix)
    activated = os.environ.get("VIRTUAL_ENV")
    if activated and (pathlib.Path(activated) / "bin" / "python").exists():
        return pathlib.Path(activated)
    return None


def stamp(prefix: pathlib.Path, extra: str) -> pathlib.Path:
    """Return the file that says which installation of `extra` the environment at `prefix` holds."""
    return prefix / "trading-cockpit.{}.stamp".format(extra)


def wanted() -> str:
    """Return what a stamp says: the hash of what an installation depends on (the list of packages, this folder and this
    Python), and the folder."""
    parts = ((ROOT / "pyproject.toml").read_bytes(), str(ROOT).encode(), repr(sys.version_info[:2]).encode())
    return "{}\n{}\n".format(hashlib.sha256(b"\n".join(parts)).hexdigest(), ROOT)


def is_installed(prefix: pathlib.Path, extra: str) -> bool:
    """Whether the environment at `prefix` holds `extra` as pyproject.toml wants it now."""
    with contextlib.suppress(OSError):
        return (prefix / "bin" / "python").exists() and stamp(prefix, extra).read_text() == wanted()
    return False


def installed_from(prefix: pathlib.Path) -> str:
    """Return the other checkout that the environment at `prefix` runs until now; empty when there is none.

    An environment that is active, or linked to, may serve several; only the last one installed is what it runs.
    """
    for extra in ("run", "test"):
        with contextlib.suppress(OSError, IndexError):
            owner = stamp(prefix, extra).read_text().splitlines()[1]
            if owner != str(ROOT) and pathlib.Path(owner).is_dir():
                return owner
    return ""


def forget_others(prefix: pathlib.Path) -> None:
    """Remove the stamps that are not ours: what they say is no longer what the environment holds."""
    for extra in ("run", "test"):
        if not is_installed(prefix, extra):
            stamp(prefix, extra).unlink(missing_ok=True)


def write_stamp(prefix: pathlib.Path, extra: str) -> None:
    """Note that `extra` is installed, in one step: half a stamp is never read."""
    half = stamp(prefix, extra).with_suffix(".half")
    half.write_text(wanted())
    half.replace(stamp(prefix, extra))


@contextlib.contextmanager
def one_at_a_time() -> Iterator[TextIO]:
    """Hold this checkout's lock; a second first run waits here and then finds everything done."""
    with (ROOT / ".run.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("another run.py is installing, waiting for it")
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield lock


def make_environment(prefix: pathlib.Path) -> None:
    """Make the virtual environment, unless a whole one of this Python is there already."""
    library = prefix / "lib" / "python{}.{}".format(*sys.version_info[:2])
    if library.is_dir() and (prefix / "bin" / "python").exists() and not (prefix / INSTALLING).exists():
        return
    # Without pip, because it would come from ensurepip, which Debian leaves out.
    command = [sys.executable, "-m", "venv", "--clear", "--without-pip", str(prefix)]
    made = subprocess.run(command, capture_output=True, text=True, errors="replace", check=False)
    if made.returncode:
        raise CannotInstall("no virtual environment, " + cause_of(made.stdout + made.stderr))


def install(python: pathlib.Path, extra: str, lock: TextIO) -> None:
    """Install this folder, editable, and what `extra` needs beside `python`. Raises CannotInstall."""
    what, target = ("the cockpit", ROOT) if extra == "run" else ("the cockpit and its tests", str(ROOT) + "[test]")
    command = [*pip_for(python), "install", "--no-input", "--disable-pip-version-check", "--editable", str(target)]
    with subprocess.Popen(
        command,
        env={**os.environ, "PIP_USER": "0"},  # pip refuses to install "for the user" into a private environment
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        pass_fds=[lock.fileno()],  # a pip that outlives us must keep others waiting
    ) as pip:
        title = "installing {} in {}, once".format(what, python.parent.parent)
        owner = installed_from(python.parent.parent)
        output = follow(pip.stdout or (), title + (", instead of {}".format(owner) if owner else ""))
    if pip.returncode:
        log = python.parent.parent / "trading-cockpit.install.log"
        log.write_text(output)
        raise CannotInstall("{} (all that pip said: {})".format(cause_of(output), log))


def pip_for(python: pathlib.Path) -> list[str]:
    """Return the command that is pip for the environment of `python`. Raises CannotInstall if there is none."""
    # An environment we made has no pip; the Python it was made from has.
    for candidate in (sys.executable, str(pathlib.Path(sys.executable).resolve())):
        asked = subprocess.run([candidate, "-m", "pip", "--version"], capture_output=True, text=True, check=False)
        version = re.match(r"pip (\d+)\.(\d+)", asked.stdout)
        if version and (int(version[1]), int(version[2])) >= OLDEST_PIP:
            return [candidate, "-m", "pip", "--python", str(python)]
    if subprocess.run([str(python), "-m", "ensurepip"], capture_output=True, check=False).returncode == 0:
        return [str(python), "-m", "pip"]
    raise CannotInstall("pip {}.{} or newer is needed (Debian, Ubuntu: apt install python3-pip)".format(*OLDEST_PIP))


def follow(lines: Iterable[str], title: str) -> str:
    """Show `title` while pip writes `lines`, on a terminal with the packages it has come to; returns all of them."""
    counts = sys.stderr.isatty()
    say(title, end="" if counts else "\n")
    seen, names = [], set()
    for line in lines:
        seen.append(line)
        found = re.match(r"Collecting ([\w.-]+)", line)
        if found and counts:
            names.add(found[1])
            say("{}: {} packages".format(title, len(names)), start="\r", end="")
    if counts:
        say("", start="", end="\n")
    return "".join(seen)


def cause_of(output: str) -> str:
    """Return the line of `output` that says what went wrong."""
    if "after connection broken by" in output:
        return "the package index cannot be reached"
    lines = [line.strip(" |│╰─>") for line in output.splitlines() if line.strip()] or ["no reason was given"]
    if "[end of output]" in lines:  # what pip quotes of a package that could not be built ends with the reason
        return lines[lines.index("[end of output]") - 1]
    return next((line for line in lines if line.startswith(("ERROR:", "Error:"))), lines[-1])


def say(text: str, start: str = "", end: str = "\n") -> None:
    """Tell the user something beside what the program itself prints, which may be read by another program."""
    print(start + ("run.py: " + text if text else ""), end=end, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
