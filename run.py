"""Parley's command line: everything is in `sim/cli`."""

from sim.cli.start import main

if __name__ == "__main__":  # workers of a sweep read this file too
    raise SystemExit(main())
