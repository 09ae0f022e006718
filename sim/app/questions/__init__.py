"""Files that ask something of scenarios: study, mechanism and retrodiction files, their shape and the names in them."""
