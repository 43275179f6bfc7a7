"""A picture as plain text: what is on the screen, and nothing else."""

from cockpit.snapshot.picture import Picture


def to_text(picture: Picture) -> str:
    """Return one line per row, without trailing blanks, each ended by a line feed."""
    lines = ("".join(inked.text for inked in row).rstrip() for row in picture.rows)
    return "".join(f"{line}\n" for line in lines)
