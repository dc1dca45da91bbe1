#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""
A second opinion: Eva runs the library over the emulated kernel, and must find nothing in src/ and include/.

    eva.py [--root TREE] [--build FOLDER] [--jobs N] [PROGRAM...]    PROGRAM: only these

A program is a scenario of tests/lessons as C (proofs/eva/to_c.py). Reports are
believed, never an exit status. A fault is: an alarm in the library that
proofs/eva/false_alarms.tsv does not have, or one of its that is gone; a program
whose end Eva did not reach; an expectation that is never met, but in an exercise;
a call of the library in it that Eva did not reach; fewer functions reached, or fewer expectations proved, than proofs/eva/floors.tsv
says; a Frama-C that nobody has tried.
"""
import argparse
import collections
import concurrent.futures
import csv
import os
import pathlib
import re
import subprocess
import sys
import time

import sources

OPTIONS = ['-eva', '-eva-slevel', '20000', '-eva-mlevel', '100', '-eva-split-return', 'full',
           '-eva-partition-value', 'world_ready', '-eva-msg-key=-initial-state,-final-states', '-metrics', '-metrics-eva-cover']
LIMIT = 600 # seconds of one program; nothing but a hang comes near
Result = collections.namedtuple('Result', 'name reached covered statements alarms elsewhere met open_ unmet seconds faults')


def library(path):
    return path.startswith(('src/', 'include/'))


INLINE = re.compile(r'^(?:static inline|ONCE_INLINE) ([^;{}]*?\)\n)(\{\n.*?^\}\n)', re.M | re.S)


def shared(text):
    """A header whose inline functions are defined in one file alone: else each file has a copy of all of them, and
    reading them again and again costs more than the analysis. Lines keep their numbers."""
    def once(match):
        body = text.count('\n', 0, match.start(2)) + 1
        after = text.count('\n', 0, match.end()) + 1
        return f'{match[1]}#ifndef WITH_BODIES\n;\n#else\n#line {body}\n{match[2]}#endif\n#line {after}\n'
    return INLINE.sub(once, text)


def copy(root, tree):
    """What Eva reads. Annotations of the library become plain comments of the same length: contracts are for
    WP, and ghost code would cost time and mean nothing here."""
    wanted = [path for pattern in ('src/*.[ch]', 'include/*.h', 'include/oncering/*.h', 'tests/emulated/[!t]*.[ch]',
                                   'tests/emulated/timer.c', 'src/tool/scenario*.h',
                                   'src/tool/scenario_mistakes.c', 'proofs/eva/*.[ch]',
                                   'tests/demo/demo.h', 'tests/demo/mistakes.c', 'tests/demo/messages.c',
                                   'proofs/world/errno.h')
              for path in root.glob(pattern)]
    for path in wanted:
        text = path.read_text()
        if path.name == 'files.c' or sources.OUTSIDE.search(text):
            continue
        to = tree / path.relative_to(root)
        to.parent.mkdir(parents=True, exist_ok=True)
        if library(path.relative_to(root).as_posix()):
            text = text.replace('/*@', '/* ').replace('//@', '// ')
            text = shared(text) if path.suffix == '.h' else text
        to.write_text(text)
    headers = ''.join(f'#include "{path.name}"\n' for path in sorted((root / 'src').glob('*.h')))
    (tree / 'inline.c').write_text(f'#define WITH_BODIES\n#include <oncering.h>\n{headers}')
    # Frama-C takes no array of size 0 amid a struct
    header = pathlib.Path('/usr/include/linux/io_uring.h').read_text()
    (tree / 'linux').mkdir(exist_ok=True)
    (tree / 'linux/io_uring.h').write_text(header.replace('__u8\tcmd[0];', ''))


def prepare(root, build):
    """Parse everything once. Where the result lies, and {program: the functions of the library that it calls}."""
    tree, saved = build / 'tree', build / 'parsed.sav'
    subprocess.run(['rm', '-rf', tree], check=True)
    saved.unlink(missing_ok=True)
    copy(root, tree)
    scenarios = sorted(path.relative_to(root) for path in (root / 'tests/lessons').rglob('*.once'))
    program = subprocess.run([sys.executable, root / 'proofs/eva/to_c.py', *scenarios], cwd=root, text=True,
                             capture_output=True, check=False)
    if program.returncode != 0:
        raise SystemExit(f'FAULT {program.stderr.strip()}')
    (tree / 'proofs/eva/lessons.c').write_text(program.stdout)
    files = sorted(path.relative_to(tree).as_posix() for path in tree.rglob('*.c'))
    command = ['frama-c', '-machdep', 'gcc_x86_64', '-c11', '-kernel-warn-key', 'typing=inactive',
               '-cpp-extra-args=-D_GNU_SOURCE -I. -Iinclude -Isrc -Iproofs/eva -Itests/emulated -idirafter /usr/include '
               '-idirafter /usr/include/x86_64-linux-gnu -include proofs/eva/world.h', *files, '-save', saved]
    done = subprocess.run(command, cwd=tree, env=dict(os.environ, PWD=str(tree)), text=True, check=False,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    (build / 'parse.log').write_text(done.stdout)
    if not saved.exists() or 'User Error' in done.stdout:
        raise SystemExit(f'FAULT Frama-C cannot read it:\n{done.stdout[-1500:]}')
    bodies = dict(re.findall(r'^int (\w+)\(void\)\n\{(.*?)^\}', program.stdout, re.M | re.S))
    bodies['demo_mistakes'] = ''.join(path.read_text() for path in (tree / 'tests/demo').glob('*.c'))
    return saved, {name: set(re.findall(r'\bonce_\w+(?=\()', body)) for name, body in bodies.items()}


def own_names(root, build):
    """Functions of src/ whose names nothing else has, so that a report that names no file can be read."""
    names = {path: set(sources.functions(root, build, path)) for path in sources.files(root)
             if path.startswith('src/') and path.endswith('.c')}
    others = '\n'.join(path.read_text() for folder in ('tests/emulated', 'proofs/eva')
                       for path in (root / folder).glob('*.c'))
    return {name for found in names.values() for name in found if not re.search(rf'\b{name}\(', others) or
            name.startswith('once_')}


def place_of(row):
    """The file of a row of the report, in the tree."""
    return re.sub(r'^.*?\btree/', '', f"{row['directory']}/{row['file']}")


def judge(name, calls, names, log, rows, seconds):
    """What one run says."""
    faults, alarms, elsewhere = [], set(), set()
    for path, line, what in re.findall(r'^\[eva:alarm\] (\S+?):(\d+): Warning:\s*\n?\s*(.*)', log, re.M):
        path = re.sub(r'^.*?\btree/', '', path)
        if library(path):
            alarms.add((path, line, re.sub(r"\s+", ' ', what).strip()))
        elif "check '" not in what:
            elsewhere.add((path, line))
    checks = [row for row in rows if row['property kind'] == 'user check' and row['function'] == name]
    for row in rows:
        good = row['status'] in ('Valid', 'Dead', 'Considered valid')
        if not good and library(place_of(row)) and (place_of(row), row['line']) not in {a[:2] for a in alarms}:
            alarms.add((place_of(row), row['line'], row['property']))
    statuses = collections.Counter(row['status'] for row in checks if row['property'] != '\\true')
    if [row['status'] for row in checks if row['property'] == '\\true'] != ['Valid']:
        faults.append(f'{name}: Eva did not reach its end')
    if f'[eva] done for function {name}' not in log:
        faults.append(f'{name}: the analysis is not complete')
    covered, reached, all_reached = [0, 0], set(), set()
    for function, some, most in re.findall(r'^  (\w+): (\d+) stmts out of (\d+) \(', log, re.M):
        plain = re.sub(r'_\d+$', '', function)
        all_reached |= {function, plain}
        if function in names or plain in names:
            reached.add(function if function in names else plain)
            covered = [covered[0] + int(some), covered[1] + int(most)]
    faults += [f'{name}: Eva did not reach {call}()' for call in sorted(calls - all_reached)]
    dead = sum(statuses[status] for status in ('Dead', 'Invalid or unreachable', 'Invalid but dead'))
    if dead and 'exercise' not in name: # those are there to be done
        faults.append(f'{name}: {dead} expectations of the lesson are never met')
    return Result(name, reached, *covered, alarms, elsewhere, statuses['Valid'], statuses['Unknown'], dead, seconds, faults)


def analyse(build, saved, name, calls, names):
    report, began = build / f'{name}.csv', time.monotonic()
    report.unlink(missing_ok=True)
    command = ['frama-c', '-load', saved, '-main', name, *OPTIONS, '-then', '-report-csv', report]
    try:
        done = subprocess.run(command, cwd=build, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                              check=False, timeout=LIMIT)
    except subprocess.TimeoutExpired:
        return Result(name, set(), 0, 0, set(), set(), 0, 0, 0, LIMIT, [f'{name}: no end within {LIMIT} s'])
    (build / f'{name}.log').write_text(done.stdout)
    rows = []
    if report.exists():
        with report.open(newline='') as lines:
            rows = [row for row in csv.DictReader(lines, delimiter='\t', quoting=csv.QUOTE_NONE)
                    if row['property'] is not None]
    return judge(name, calls, names, done.stdout, rows, time.monotonic() - began)


def show(result):
    share = 100 * result.covered // max(result.statements, 1)
    print(f'  {result.name:44} {len(result.reached):3} functions {result.covered:4}/{result.statements:<4} statements '
          f'{share:3} % {len(result.alarms):2} alarms {result.met:3} expected, {result.open_} open '
          f'{result.seconds:6.1f} s', flush=True)
    for alarm in sorted(result.alarms):
        print('    ALARM {}:{}: {}'.format(*alarm), flush=True)


def left_out(root):
    """{program: reason}: what Eva does not get through."""
    return dict(sources.table(root / 'proofs/eva/left_out.tsv', 2))


def known_alarms(root, results):
    """The alarms that nobody has explained, and faults: explanations of what is gone."""
    listed = {(path, what): why for path, what, why in sources.table(root / 'proofs/eva/false_alarms.tsv', 3)}
    found = {(path, what): f'{path}:{line}: {what}' for result in results for path, line, what in result.alarms}
    return [where for key, where in found.items() if key not in listed], \
        [f'proofs/eva/false_alarms.tsv: no such alarm: {path}: {what}' for path, what in listed if (path, what) not in found]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument('--root', type=pathlib.Path, default=sources.ROOT)
    parser.add_argument('--build', type=pathlib.Path, default=sources.ROOT / 'build/eva')
    parser.add_argument('--jobs', type=int, default=1)
    parser.add_argument('programs', nargs='*')
    given = parser.parse_args()
    root, build = given.root.resolve(), given.build.resolve()
    build.mkdir(parents=True, exist_ok=True)
    began, faults = time.monotonic(), []
    known = {command: said for command, said in sources.table(root / 'proofs/versions.tsv', 2)}['frama-c -version']
    said = subprocess.run(['frama-c', '-version'], capture_output=True, text=True, check=False).stdout.strip()
    if said != known:
        faults.append(f'frama-c -version: "{said}" is not the known "{known}"')
    names = own_names(root, build)
    saved, calls = prepare(root, build)
    out = left_out(root)
    faults += [f'proofs/eva/left_out.tsv: there is no program {name}' for name in out if name not in calls]
    wanted = given.programs or [name for name in calls if name not in out]
    with concurrent.futures.ThreadPoolExecutor(given.jobs) as pool:
        results = []
        for job in [pool.submit(analyse, build, saved, name, calls[name], names) for name in wanted]:
            results.append(job.result())
            show(results[-1])
    faults += [fault for result in results for fault in result.faults]
    new, gone = known_alarms(root, results)
    reached = set().union(*(result.reached for result in results))
    met = sum(result.met for result in results)
    faults += [f'ALARM {alarm}' for alarm in sorted(new)]
    if not given.programs:
        faults += gone
        floors = {what: int(count) for what, count in sources.table(root / 'proofs/eva/floors.tsv', 2)}
        for what, found in (('programs', len(results)), ('functions', len(reached)), ('expectations', met)):
            if found < floors[what]:
                faults.append(f'{found} {what}, fewer than the {floors[what]} of proofs/eva/floors.tsv')
    for fault in faults:
        print(f'FAULT {fault}')
    print(f'  {met} expectations proved, {sum(result.open_ for result in results)} depend on what the world answers; '
          f'{len(set().union(*(result.elsewhere for result in results)))} alarms in the emulated kernel; '
          f'{len(out)} programs left out; {time.monotonic() - began:.0f} s')
    print(f'eva: {len(results)} programs, {len(reached)} functions of src/ reached, {len(new)} alarms in src/')
    return 1 if faults or not results else 0


if __name__ == '__main__':
    sys.exit(main())
