"""The folder of a sweep: the plan, the parts and their names, what failed, what is there, exports."""
