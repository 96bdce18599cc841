"""The `sitegen` command. A build to which nothing has changed ends here; all others go to the command line."""

import gc
import sys

from sitegen.folders import standstill


def main() -> None:
    gc.disable()  # importing makes nothing that could be collected, and a short way is over before there is enough
    standing = standstill.compare(sys.argv[1:])
    line = None
    if standing and standing.changed:
        from sitegen.shortcut import take

        line = take(standing)
    elif standing:
        line = standing.tell(0)
    if line is None:
        from sitegen.cli import main as run

        gc.enable()
        try:
            run()
        finally:
            gc.freeze()  # Python looks through all that is left before it ends, which takes a tenth of a build's time
    else:
        sys.stdout.write(line)


if __name__ == "__main__":
    main()
