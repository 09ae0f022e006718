"""The use cases: each a function from a request to a result, without a console and without files unless asked."""
