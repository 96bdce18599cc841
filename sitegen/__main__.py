"""The `sitegen` command. A build to which nothing has changed ends here; all others go to the command line."""

import sys

from sitegen.folders import standstill


def main() -> None:
    line = standstill.holds(sys.argv[1:])
    if line is None:
        from sitegen.cli import main as run

        run()
    else:
        sys.stdout.write(line)


if __name__ == "__main__":
    main()
