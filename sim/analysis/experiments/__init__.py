"""Experiments on scenarios: metrics, hypotheses, studies, mechanisms, retrodiction."""
