"""The command line: reads what a user asks for, wires the layers below together, says what came out."""
