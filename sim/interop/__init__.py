"""Foreign files in and out: position-salience-capability tables, and the scenario that such a table gives."""

from sim.interop.scenario_text import scenario_text
from sim.interop.table_forms import Imported, read_table, table_text

__all__ = ["Imported", "read_table", "scenario_text", "table_text"]
