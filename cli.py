"""Entry point in a checkout: ``python cli.py plan examples/quick-start``."""

from planner.commands import main

if __name__ == "__main__":
    main()
