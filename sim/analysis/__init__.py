"""Statistics of many runs: likelihoods with intervals, differences, who decided, what it hangs on. Never plots."""
