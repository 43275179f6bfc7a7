"""Everything a human or a script touches: settings, sessions, the command line and the screen."""
