"""A format whose reader ends the process that asked for it, as a machine without memory does."""

import os
import signal


def read(content, source):
    os.kill(os.getppid(), signal.SIGKILL)
    raise SystemExit
