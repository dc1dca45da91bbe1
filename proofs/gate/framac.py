# SPDX-License-Identifier: MIT
"""One run of Frama-C, and what its reports say. Its exit status says nothing."""
import collections
import csv
import json
import os
import re
import subprocess

import sources

# Goals that smoke tests need not prove again; behaviors stay, or their assumes are not tested.
SMOKE_ONLY = '-@ensures,-@assigns,-@assert,-@requires,-@invariant,-@variant,-@terminates,-@exits'
ARGUMENTS = ['-machdep', 'gcc_x86_64',
             '-cpp-extra-args=-I. -Iinclude -Isrc -Iproofs -include proofs/world/atomic.h '
             '-include proofs/world/errno.h',
             '-warn-unsigned-overflow', '-warn-unsigned-downcast', '-warn-signed-downcast',
             '-wp', '-wp-rte', '-wp-model', 'Typed', '-wp-par', '1']

# A prover gives up after so many steps, its own measure, so that no verdict depends on a busy machine.
SECONDS = 900

Goal = collections.namedtuple('Goal', 'function name proved prover seconds')


def limits(provers, steps, seconds=SECONDS):
    """Options: *provers* one after the other, each with *steps*, and with *seconds* where it counts none."""
    return ['-wp-prover', provers, '-wp-steps', steps, '-wp-timeout', str(seconds)]


def smoke(steps):
    """Options: smoke tests of a unit whose goals have *steps*. A prover that stops before it has read the
    invariant finds no contradiction: the larger the goals, the longer it looks for one. Not all of its work
    is steps: hence the seconds."""
    return ['-wp-prover', 'cvc4', '-wp-steps', str(max(30000, int(steps) // 5)), '-wp-smoke-tests',
            '-wp-smoke-timeout', '30', f'-wp-prop={SMOKE_ONLY}']


class Failed(Exception):
    """Frama-C said something that no report of proofs may contain."""


class Run:
    """goals: every goal of the run; properties: the rows of the property report; separated: functions
    whose result WP takes to lie apart from what they read."""

    def __init__(self, goals, properties, separated):
        self.goals, self.properties, self.separated = goals, properties, separated


def times_of(log, functions):
    """{function: [(prover, seconds), ...]} of the proved goals, from lines like
    [wp] [Z3 4.8.12] Goal typed_f_call_g_2_requires_x_part1 : Valid (Qed:3ms) (40ms) (36090)"""
    found = collections.defaultdict(list)
    for prover, name, rest in re.findall(r'^\[wp\] \[([^]]+)\] Goal typed_(\S+) : Valid(.*)$', log, re.M):
        owner = max((f for f in functions if name.startswith(f + '_')), key=len, default='')
        seconds = sum(float(value) * {'ms': 0.001, 's': 1, "'": 60}[unit]
                      for value, unit in re.findall(r"([\d.]+)(ms|s|')", rest))
        found[owner].append((prover.split()[0], seconds))
    return found


def goals_of(report, log):
    """Every goal of the JSON report, which must agree with what Frama-C counted. Which prover proved it is
    right for the goals of a function together: report and log name a goal differently."""
    owners = {**report.get('wp:functions', {}), **report.get('wp:axiomatics', {})}
    times = times_of(log, owners)
    goals = []
    for function, entries in owners.items():
        for name, provers in flatten(entries):
            main = provers['wp:main']
            known = times[function]
            for part in range(main['total']):
                proved = part < main.get('valid', 0)
                prover, seconds = known.pop() if proved and known else ('?', 0.0)
                goals.append(Goal(function, name, proved, prover, seconds))
    scheduled = sum(int(n) for n in re.findall(r'^\[wp\] (\d+) goals? scheduled', log, re.M))
    counted = report.get('wp:global', {}).get('wp:main', {'total': 0})['total']
    if not len(goals) == scheduled == counted:
        raise Failed(f'{scheduled} goals scheduled, {counted} counted, {len(goals)} reported')
    return goals


def flatten(entries):
    """The goals of one function; sections may be nested."""
    for name, value in entries.items():
        if name in ('wp:section',):
            continue
        if 'wp:main' in value:
            yield name, value
        else:
            yield from flatten(value)


RESULT_IS_SEPARATED = re.compile(
    r"^\[wp\] \S+ Warning:\s+Memory model hypotheses for function '(\w+)':\n"
    r'  /\*@\s+behavior wp_typed:\s+ensures\s+\\separated\(\s*\\result,[^;]*\);\s+\*/\n', re.M)


def warnings_of(log, unspecified, smoke):
    """Warnings and errors, one line each. An unproved goal is no warning: the report has it. Nor is it
    one that a function has no contract yet, if it is of *unspecified*: where a proved function calls
    it, WP warns again (pedantic-assigns). Nor that nothing is left to be tried of a *smoke* test."""
    text = re.sub(r'Warning:\s*\n\s+', 'Warning: ', RESULT_IS_SEPARATED.sub('', log))
    found = []
    for line in text.splitlines():
        missing = re.search(r'Neither code nor specification for function (\w+),', line)
        if missing and missing[1] in unspecified or 'Failed smoke-test' in line or \
           smoke and 'No goal generated' in line:
            continue
        if re.search(r'Warning:|User Error|Internal Error|Unexpected error|aborted', line):
            found.append(line)
    return found


def run(root, folder, path, options, cache='none', unspecified=(), others=()):
    """Run WP on *path* with *options*, and *others* to be read with it; reports go to *folder*. Raises
    Failed on anything unexpected."""
    folder.mkdir(parents=True, exist_ok=True)
    report, properties = folder / 'goals.json', folder / 'properties.csv'
    for stale in (report, properties):
        stale.unlink(missing_ok=True)
    unit = sources.translation_unit(root, folder, path)
    session = ['-wp-session', folder / 'session', '-wp-cache', cache]
    if cache != 'none':
        (folder / 'cache').mkdir(exist_ok=True)
        session += ['-wp-cache-dir', folder / 'cache']
    command = ['frama-c', *ARGUMENTS, *session, *options, '-wp-report-json', report, unit,
               *others, '-then', '-report-csv', properties]
    # Frama-C believes $PWD; a large nursery spares it a tenth of its time
    environment = dict(os.environ, PWD=str(root), OCAMLRUNPARAM='s=4M,o=200')
    done = subprocess.run(command, cwd=root, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                          check=False, env=environment)
    (folder / 'log').write_text(done.stdout)
    surprises = warnings_of(done.stdout, unspecified, '-wp-smoke-tests' in options)
    if surprises or not report.exists() or not properties.exists():
        raise Failed('\n'.join(surprises) or done.stdout[-2000:] or 'no report')
    with properties.open(newline='') as lines:
        rows = [row for row in csv.DictReader(lines, delimiter='\t', quoting=csv.QUOTE_NONE)
                if row['property'] is not None]
    return Run(goals_of(json.loads(report.read_text()) or {}, done.stdout), rows,
               set(RESULT_IS_SEPARATED.findall(done.stdout)))
