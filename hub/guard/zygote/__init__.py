"""The zygote: a warm interpreter from which caged processes are forked, and what each loses before it runs anything."""
