#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Make an input short, in place: leave out steps while a fresh process still
comes to a finding of the same check. shorten.py REPLAY FILE CHECK."""
import os
import subprocess
import sys
import tempfile

HEADER, STEP, MOST_RUNS = 8, 4, 600


def main():
    replay, path, check = sys.argv[1:]
    data = open(path, 'rb').read()
    header, steps = data[:HEADER], [data[i:i + STEP] for i in range(HEADER, len(data) - STEP + 1, STEP)]
    runs = 0

    def still(candidate):
        nonlocal runs
        runs += 1
        with tempfile.NamedTemporaryFile(delete=False) as out:
            out.write(header + b''.join(candidate))
        told = subprocess.run([replay, '--quiet', '--fresh', out.name], capture_output=True, text=True, errors='replace',
                              check=False)
        os.unlink(out.name)
        text = told.stdout + told.stderr
        return told.returncode == 1 and (('FINDING %s ' % check) in text or check in ('crash', 'hung', 'sanitizer'))

    chunk = max(len(steps) // 2, 1)
    while runs < MOST_RUNS:
        dropped = False
        end = len(steps)
        while end > 0 and runs < MOST_RUNS:
            first = max(end - chunk, 0)
            candidate = steps[:first] + steps[end:]
            if still(candidate):
                steps = candidate
                dropped = True
            end = first
        if chunk > 1:
            chunk //= 2
        elif not dropped:
            break
    open(path, 'wb').write(header + b''.join(steps))
    return 0


if __name__ == '__main__':
    sys.exit(main())
