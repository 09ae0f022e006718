"""Parley's command line: everything is in `sim/cli`."""

from sim.cli.start import main

raise SystemExit(main())
