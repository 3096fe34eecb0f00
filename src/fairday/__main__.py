"""Run the command line: `python -m fairday` is `fairday`."""

from fairday.app.cli import main

if __name__ == "__main__":
    main()
