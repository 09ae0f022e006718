"""Parley's command line: everything is in `sim/cli`."""

from sim.cli.main import main

raise SystemExit(main())
