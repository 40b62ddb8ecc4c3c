"""The questions that the sandbox must answer as AWS does, one module a topic."""
