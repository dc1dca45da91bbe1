#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""
Scenarios (src/tool/scenario.h) as C programs that use the library.

    to_c.py NAME.once...            prints a function for each
    to_c.py --table NAME.once...    prints the list of them, for files.c

A step is one call; an expectation is a check of ACSL, which Eva judges, and a
call of lesson_meets(), which a compiled program counts. A step or an
expectation that has no C here is an error: no lesson goes unnoticed.
"""
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]

# What an operand letter of a template is, as C; {} is the word.
REGISTERS = {'S': 's', 'O': 'o', 'K': 'c', 'D': 'd'}
LISTS = {'F': 'FILE', 'T': 'TIME', 'Y': 'TYPE', 'J': 'FORGE', 'W': 'RAW', 'M': 'MISTAKE', 'X': 'ACT', 'E': 'POLL'}
NAMES = {'0s': 'ZERO', '1ns': 'SOON', '1000s': 'LATE', 'ever': 'EVER', '1ms': 'MOMENT', '-1s': 'NEGATIVE',
         '1e9ns': 'CROOKED', 'usual': 'NONE', 'bad_flag': 'FLAG', 'bad_option': 'OPTION',
         'no_entries': 'ENTRIES', 'bad_capacity': 'CAPACITY', 'no_memory': 'MEMORY',
         'bad_generations': 'GENERATIONS'}

# A call for each verb, an int: {0} {1} {2} are the operands, {R} the ring.
TRANSFER = 'once_prep_{0}(&{{0}}, lesson_fd({{1}}), buffers[{{_0i}}], {{2}}, {1})'
CALLS = {
    'TAKE': 'once_take({R}, &{0})',
    'GIVE_BACK': 'once_give_back(&{0})',
    'ARM': 'once_arm(&{0}, request_lend(&requests[{2}]), &{1})',
    'ARM_SESSION': 'once_arm(&{0}, session_lend(&sessions[{2}]), &{1})',
    'ARM_COOKIE': 'once_arm(&{0}, once_cookie({2}), &{1})',
    'SUBMIT': 'once_submit({R})',
    'SUBMIT_AND_WAIT': 'once_submit_and_wait({R}, {1})',
    'WAIT': 'once_wait({R}, &got)',
    'WAIT_NR': 'once_wait_nr({R}, &got, {1})',
    'WAIT_TIMEOUT': 'once_wait_timeout({R}, &got, &times[{1}])',
    'WAIT_FOR': 'once_wait_for({R}, &got, {1}, &times[{2}], NULL)',
    'PEEK': 'once_peek({R}, &got)',
    'PEEK_BATCH': 'once_peek_batch({R}, &{0}, {1})',
    'LOOK': 'lesson_look(&{0})',
    'RESULT': 'once_result(&{0})',
    'OWNER': 'lesson_owner(&{0}, {1})',
    'EXTRA': 'once_extra(&{0}, (uint64_t[2]){{ 0, 0 }})',
    'SEE': 'once_seen({R}, &{0})',
    'SEE_BATCH': 'once_seen_batch({R}, &{0}, {1})',
    'DISCARD': 'once_discard({R})',
    'OPEN': 'lesson_open({Ri}, &config_{Rn}, operations_{Rn}, {1})',
    'CLOSE': 'once_close({R}, NULL)',
    'DRAIN': 'once_drain({R}, &times[{1}], NULL, 0, NULL)',
    'SURVIVORS': '(int)once_survivors({R}, NULL, 0)',
    'REGISTER': 'once_register_eventfd({R}, lesson_fd({1}))',
    'UNREGISTER': 'once_unregister_eventfd({R})',
    'TOGGLE': 'once_eventfd_toggle({R}, {1})',
    'PUT': 'lesson_put({0}, {1})',
    'GET': 'lesson_get({0}, {1})',
}
# Those that return nothing.
PREPARES = {
    'PREP_NOP': 'once_prep_nop(&{0})',
    'PREP_READ': TRANSFER.format('read', 'ONCE_CURRENT'),
    'PREP_WRITE': TRANSFER.format('write', 'ONCE_CURRENT'),
    'PREP_SEND_ZC': TRANSFER.format('send_zc', '0, 0'),
    'PREP_TIMEOUT': 'once_prep_timeout(&{0}, &times[{1}], {2}, 0)',
    'PREP_CANCEL': 'once_prep_cancel(&{0}, &{1})',
    'PREP_POLL_MULTISHOT': 'once_prep_poll_multishot(&{0}, lesson_fd({1}), {2})',
    'PREP_POLL_REMOVE': 'once_prep_poll_remove(&{0}, &{1})',
    'PREP_RAW': 'lesson_raw(&{0}, {1})',
    'PREP_MESSAGE': 'lesson_message(&{0}, {R}, {1}, {2})',
    'PREP_MESSAGE_OF': 'lesson_message(&{0}, {R}, {1}.id, {2})',
    'COPY_TOKEN': '{1} = {0}',
    'FORGE_TOKEN': 'lesson_forge(&{0}, {1})',
}
ACTS = {
    'hold': 'emulated_hold({R}, true)', 'release': 'emulated_hold({R}, false)',
    'ignore_cancel': 'emulated_ignore_cancel({R}, true)',
    'allow_cancel': 'emulated_ignore_cancel({R}, false)',
    'corrupt_tail': 'emulated_corrupt_tail({R}, 1000 + {2})', 'repair_tail': 'emulated_corrupt_tail({R}, 0)',
}
USER_DATA = {'plain': '7', 'zero': '0', 'timeout': 'ONCE_UDATA_TIMEOUT', 'remove': 'ONCE_UDATA_REMOVE',
             'cancel': 'ONCE_UDATA_CANCEL'}
ACCOUNTS = {'overflow': 'once_has_overflow({R})', 'armed_total': 'once_armed_total({R}) - armed_before[{Ri}]',
            'passed_total': 'once_passed_total({R}) - passed_before[{Ri}]'}
OPTIONS = {'split': ('options', 'ONCE_SPLIT'), 'foreign': ('options', 'ONCE_EXPECT_FOREIGN'),
           'legacy': ('hide_features', 'IORING_FEAT_EXT_ARG')}


class NoC(Exception):
    """A line that cannot be said in C here."""


def word_of(letter):
    """What an operand looks like."""
    if letter in REGISTERS:
        return REGISTERS[letter] + r'\d+'
    return '|'.join(USER_DATA) if letter == 'U' else r'\S+'


def grammar():
    """[(pattern, verb)] of every template."""
    found = []
    text = (ROOT / 'src/tool/scenario_verbs.h').read_text()
    for verb, template in re.findall(r'^VERB\((\w+), \w+, "([^"]*)"\)', text, re.M):
        pattern = ''
        for part in re.split(r'(\[[^]]*\]|[A-Z]\d|\bR\b)', template):
            inner = part.strip('[]')
            words = re.sub(r'([A-Z])(\d)', lambda m: f'(?P<{m[1]}{m[2]}>{word_of(m[1])})', inner)
            words = re.sub(r'\bR\b', r'(?P<R>[ab])', words)
            pattern += f'(?:{words})?' if part.startswith('[') else words
        pattern = re.sub(r' \(\?:((?:(?!\)\?).)*\))\)\?', r'(?: \1)?', pattern)
        found.append((re.compile(pattern + '$'), verb))
    return found


def operand(letter, word):
    """An operand as C."""
    if letter in REGISTERS:
        return f'{REGISTERS[letter]}[{word[1:]}]'
    if letter == 'U':
        return USER_DATA[word]
    if letter == 'B':
        return 'true' if word == 'on' else 'false'
    if letter in LISTS:
        return f'{LISTS[letter]}{"" if letter == "E" else "_"}{NAMES.get(word, word.replace(".", "_").upper())}'
    return 'UINT64_C(4294967296)' if word == '4294967296' else word


def step(line, verbs):
    """(verb, C) of a step."""
    for pattern, verb in verbs:
        match = pattern.match(line)
        if not match:
            continue
        ring = 'ab'.index(match.groupdict().get('R') or 'a')
        known = {'R': f'&rings[{ring}]', 'Ri': ring, 'Rn': 'ab'[ring]}
        blanks = {'0': '0', '1': 'MISTAKE_NONE' if verb == 'OPEN' else '0', '2': '0'}
        words = {key: word for key, word in match.groupdict().items() if key != 'R' and word is not None}
        blanks.update({key[1]: operand(key[0], word) for key, word in words.items()})
        indexes = {key[1] + 'i': word[1:] for key, word in words.items()}
        table = {**CALLS, **PREPARES, 'KERNEL': ACTS.get(words.get('X0', words.get('X1')))}
        if table.get(verb) is None:
            break
        # str.format() takes a key that is a number for a position
        return verb, table[verb].format(*(blanks[key] for key in '012'), **known,
                                        **{'_' + key: word for key, word in indexes.items()})
    raise NoC(f'no C for the step "{line}"')


def values(words):
    """V [or V] ... as C."""
    return [word for word in words if word != 'or']


def expectation(words):
    """What "expect ..." wants, as a condition in C."""
    kinds = {'result': 'look.result', 'owner': 'look.owner', 'violation': 'violated'}
    if words[0] == 'at' and words[1] == 'least':
        return f'rc >= {words[2]}'
    if words[0] in kinds:
        found, wanted = kinds[words[0]], values(words[1:])
    elif words[0] == 'terminal':
        found, wanted = 'look.terminal', ['1' if words[1] == 'yes' else '0']
    elif words[0] == 'class':
        found, wanted = 'look.foreign', ['1' if words[1] == 'foreign' else '0']
    elif words[0] == 'state':
        found, wanted = f'lesson_state(&o[{words[1][1:]}])', [f'ONCE_STATE_{w.upper()}' for w in values(words[2:])]
    elif words[0] == 'account':
        ring = 1 if words[-2:] == ['on', 'b'] else 0
        account = ACCOUNTS.get(words[1], f'once_{words[1]}({{R}})')
        found = account.format(R=f'&rings[{ring}]', Ri=ring)
        wanted = values(words[2:-2] if ring else words[2:])
    else:
        found, wanted = 'rc', values(words)
    if not all(re.fullmatch(r'-?\d+|-?[A-Z][A-Z0-9_]*', word) for word in wanted):
        raise NoC(f'no C for "expect {" ".join(words)}"')
    return ' || '.join(f'{found} == {word}' for word in wanted)


def header(words):
    """A "ring" line: its name, operations, and the configuration as C."""
    name, rest = words[1], iter(words[2:])
    size = {'entries': 0, 'cq': 0, 'operations': 0}
    fields = {'options': [], 'hide_features': [], 'multishot_credit': [], 'generations_used': []}
    for word in rest:
        if word in size:
            size[word] = int(next(rest))
        elif word in OPTIONS:
            fields[OPTIONS[word][0]].append(OPTIONS[word][1])
        elif word in ('credit', 'used'):
            fields['multishot_credit' if word == 'credit' else 'generations_used'].append(next(rest))
        else:
            raise NoC(f'no C for "{word}" of a ring')
    size['cq'] = size['cq'] or 2 * size['entries']
    size['operations'] = size['operations'] or size['entries']
    said = ''.join(f', .{field} = {" | ".join(given)}' for field, given in fields.items() if given)
    return name, size['operations'], f'.entries = {size["entries"]}, .cq_entries = {size["cq"]}{said}'


DELIVERS = ('WAIT', 'WAIT_NR', 'WAIT_TIMEOUT', 'WAIT_FOR', 'PEEK')
LOOKS = ('result', 'owner', 'terminal', 'class')


def name_of(path):
    """What the function of a scenario is called."""
    name = re.sub(r'\W', '_', pathlib.Path(path).name.removesuffix('.once'))
    return ('lesson_' if name[0].isdigit() else 'refusal_') + name


def function(path, verbs):
    """The C function of one scenario: its name and its text."""
    text = pathlib.Path(path).read_text()
    name = name_of(path)
    configs, body, token = [], [], None
    for number, line in enumerate(text.splitlines(), 1):
        words = line.split('#')[0].split()
        if not words:
            continue
        try:
            if words[0] == 'ring':
                ring, operations, config = header(words)
                configs.append(f'\tconst struct once_config config_{ring} = {{ {config} }};\n'
                               f'\tconst uint32_t operations_{ring} = {operations};')
                index = 'ab'.index(ring)
                body.append(f'\trc = lesson_open({index}, &config_{ring}, operations_{ring}, MISTAKE_NONE);')
            elif words[0] == 'expect':
                if words[1] in LOOKS and token:
                    body.append(f'\t(void)lesson_look(&{token});')
                    token = None
                met = expectation(words[1:])
                body.append(f'\tmet = {met};\n\t//@ check line_{number}: met == 1;\n\tlesson_meets({number}, met != 0);')
            else:
                verb, call = step(' '.join(words), verbs)
                token = f'c[{re.search(chr(99) + "([0-9]+)", " ".join(words))[1]}]' if verb in DELIVERS else None
                body.append(f'\t/* {number}: {" ".join(words)} */\n\tviolated = 0;')
                if verb in DELIVERS:
                    body.append(f'\trc = {call};\n\tif (rc == 0)\n\t\t{token} = got;')
                else:
                    body.append(f'\trc = {call};' if verb in CALLS else f'\t{call};')
                if verb in ('PUT', 'GET'):
                    body.append('\temulated_run(&rings[0]);')
        except NoC as why:
            raise SystemExit(f'{path}:{number}: {why}') from why
    return name, (f'int {name}(void)\n{{\n' + '\n'.join(configs) +
                  '\n\tstruct once_cqe got;\n\tint rc = 0;\n\tint met;\n\n\tlesson_begin();\n' +
                  '\n'.join(body) + '\n\t//@ check the_end: \\true;\n\t(void)got;\n\t(void)met;\n\treturn rc;\n}\n')


def main():
    paths = [path for path in sys.argv[1:] if path != '--table']
    verbs = grammar()
    found = [function(path, verbs) for path in paths]
    declared = ''.join(f'int {name}(void);\n' for name, _ in found)
    print('/* Written by proofs/eva/to_c.py. */')
    if '--table' in sys.argv:
        rows = ''.join(f'\t{{ "{name}", {name} }},\n' for name, _ in found)
        print(f'#include "files.h"\n\n{declared}\nconst struct lesson lessons[] = {{\n{rows}\t{{ 0, 0 }}\n}};')
        return
    print(f'#include "lesson.h"\n\n#include <linux/io_uring.h>\n\n{declared}')
    print('\n'.join(text for _, text in found), end='')


if __name__ == '__main__':
    main()
