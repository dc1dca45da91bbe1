# SPDX-License-Identifier: MIT
"""What there is to prove: the functions that the compiler finds, and words that nobody may write."""
import argparse
import pathlib
import re
import subprocess

ROOT = pathlib.Path(__file__).resolve().parents[2]
COMPILE = ['gcc', '-std=c11', '-O0', '-g', '-w', '-fkeep-static-functions', '-fkeep-inline-functions',
           '-D_GNU_SOURCE', '-Dalways_inline=noinline', '-fcallgraph-info', '-I.', '-Iinclude', '-Isrc',
           '-Iproofs', '-c']

# The seam's other side forwards to liburing and the system; the rest of src/ is to be proved.
OUTSIDE = re.compile(r'#include <liburing\.h>')


def arguments(rest, *flags):
    """What every program of the gate is told: where to build (made if need be), how many jobs, and *rest*."""
    parser = argparse.ArgumentParser()
    parser.add_argument('--build', type=pathlib.Path, default=ROOT / 'build/proofs')
    parser.add_argument('--jobs', type=int, default=2)
    parser.add_argument('--results', type=pathlib.Path) # figures for the total of "make check"
    for flag in flags:
        parser.add_argument(flag, action='store_true')
    parser.add_argument(rest, nargs='*')
    given = parser.parse_args()
    given.build = given.build.resolve()
    given.build.mkdir(parents=True, exist_ok=True)
    return given


def commit():
    """What chooses a sample: another one with each commit."""
    return subprocess.run(['git', 'rev-parse', 'HEAD'], cwd=ROOT, capture_output=True, text=True,
                          check=False).stdout


def table(path, columns):
    """The rows of a tab-separated file; # begins a comment."""
    rows = []
    for number, line in enumerate(path.read_text().splitlines(), 1):
        if not line or line.startswith('#'):
            continue
        fields = re.split(r'\t+', line)
        if len(fields) != columns:
            raise SystemExit(f'{path}:{number}: {len(fields)} columns, not {columns}')
        rows.append(fields)
    return rows


def files(root=ROOT):
    """The library's C files but for those that forward to liburing, relative to *root*."""
    found = sorted([*root.glob('include/*.h'), *root.glob('include/oncering/*.h'),
                    *root.glob('src/*.[ch]')])
    return [path.relative_to(root).as_posix() for path in found
            if not OUTSIDE.search(path.read_text())]


def translation_unit(root, folder, path):
    """A C file that a tool can read: *path* itself, or one that includes the header *path*; one that is a part
    of another header is read with all of them."""
    if path.endswith('.c'):
        return path
    unit = folder / (path.replace('/', '_') + '.c')
    part = '#include' not in (root / path).read_text()
    unit.write_text(f'#include {"<oncering.h>" if part else chr(34) + path + chr(34)}\n')
    return unit.as_posix()


def functions(root, folder, path):
    """{name: line} of the functions defined in *path*, in order; from the compiler's debug information."""
    unit = translation_unit(root, folder, path)
    compiled = folder / 'functions.o'
    done = subprocess.run([*COMPILE, '-o', compiled, unit], cwd=root, stderr=subprocess.PIPE, text=True,
                          check=False)
    if done.returncode != 0:
        raise SystemExit(f'{path} does not compile:\n{done.stderr[:1000]}')
    symbols = subprocess.run(['nm', '-l', '--defined-only', compiled], cwd=root, check=True,
                             capture_output=True, text=True).stdout
    found = {}
    for symbol in symbols.splitlines():
        match = re.match(r'[0-9a-f]+ [tT] (\w+)\t(.*):(\d+)$', symbol)
        if match and pathlib.Path(match[2]).resolve() == (root / path).resolve():
            found[match[1]] = int(match[3])
    return dict(sorted(found.items(), key=lambda item: item[1]))


def ghosts(root, path):
    """{name: line} of the ghost functions defined in *path*: no compiler sees them, and no program calls them, but
    they have to be proved like any other."""
    text, found = (root / path).read_text(), {}
    for block in re.finditer(r'/\*@\s*ghost\b.*?\*/', text, re.S):
        for match in re.finditer(r'^\s*static (?:\w+ )+\**(\w+)\([^;{]*\)\s*\{', block[0], re.M):
            found[match[1]] = text[:block.start() + match.start(1)].count('\n') + 1
    return found


def calls(folder):
    """{caller: callees} of the file that functions() has looked at last."""
    found = {}
    edge = re.compile(r'sourcename: "(?:[^":]*:)?(\w+)" targetname: "(?:[^":]*:)?(\w+)"')
    for caller, callee in edge.findall((folder / 'functions.ci').read_text()):
        found.setdefault(caller, set()).add(callee)
    return found


FORBIDDEN = [
    (re.compile(r'\badmit\b'), 'admit: proves nothing'),
    (re.compile(r'\baxiom\b'), 'axiom: proves nothing'),
    (re.compile(r'__FRAMAC__'), '__FRAMAC__: what is proved must be what ships'),
]


def forbidden(root):
    """Places where a proof could be got round."""
    found = []
    for path in [*root.glob('include/**/*.h'), *root.glob('src/*.[ch]'), *root.glob('proofs/**/*.[ch]')]:
        for number, line in enumerate(path.read_text().splitlines(), 1):
            found += [f'{path.relative_to(root)}:{number}: {why}'
                      for word, why in FORBIDDEN if word.search(line)]
    return found


def line_of(root, path, clause):
    """Where a named clause stands: file:line, or the file alone."""
    pattern = re.compile(rf'\b{re.escape(clause)}\s*:')
    for number, line in enumerate((root / path).read_text().splitlines(), 1):
        if pattern.search(line):
            return f'{path}:{number}'
    return path
