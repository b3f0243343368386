"""`python -m hub.cli` is `hearth`."""

from hub.cli.main import main

main()
