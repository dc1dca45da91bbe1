#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Write scenarios to begin with into a folder: each operation on each kind of
ring, each mistake, each wait. seeds.py FOLDER. The fuzzer mixes them."""
import os
import sys

RINGS = [
    'ring a entries 8 cq 16 operations 8',
    'ring a entries 8 cq 16 operations 8 flags defer',
    'ring a entries 8 cq 16 operations 8 flags coop',
    'ring a entries 8 cq 16 operations 8 legacy',
    'ring a entries 8 cq 16 operations 8 flags cqe32',
    'ring a entries 8 cq 16 operations 8 split',
    'ring a entries 8 cq 16 operations 8 foreign\nring b entries 8 cq 16 operations 8',
    'ring a entries 2 cq 4 operations 2',
    'ring a entries 1 cq 2 operations 1',
    'ring a entries 2 cq 4 operations 2 flags defer phase 3',
    'ring a entries 8 cq 16 operations 8 used 1099511627774',
    'ring a entries 8 cq 16 operations 8 credit 4 phase 14',
    'ring a entries 16 cq 32 operations 16 flags single',
]

OPERATIONS = [
    'nop', 'read pipe.read 16', 'write pipe.write 16', 'readv pipe.read 16', 'writev pipe.write 16',
    'read_fixed file 8', 'write_fixed file 8', 'read file 32', 'write file 32', 'read bad 4',
    'openat present', 'openat missing', 'close counter', 'poll pipe.read in', 'poll pipe.write out',
    'poll_multishot pipe.read in', 'accept listener', 'accept_multishot listener', 'connect client',
    'send left 16', 'recv right 16', 'recv_multishot right', 'sendmsg left 16', 'recvmsg right 16',
    'send_zc tcp.left 16', 'send_zc left 16', 'timeout 1ns', 'timeout 1000s', 'timeout 1000s after 1',
    'raw nop', 'raw bad_opcode', 'raw user_data', 'raw reserved', 'raw skip_success', 'raw rewrite',
    'raw timeout_multishot', 'raw read_multishot', 'provide_buffers 4', 'write full 64', 'recv left 8',
    'write pipe.write 4294967296', 'read counter 8', 'timeout -1s',
]

START = '''take s0
prepare s0 %s
arm s0 as o0 lending 1
'''

END = '''look c0
result c0
flags c0
class c0
terminal c0
owner c0 as request
ticket c0 as o3
user_data c0
extra c0
see c0
see c0
'''

WAITS = [
    'wait c0', 'peek c0', 'wait c0 of 1', 'wait c0 of 2 at most 1ns', 'wait c0 at most 1ns', 'wait c0 at most 1000s',
    'wait c0 of 2 at most 1000s', 'wait c0 of 1 at most 1ns masked', 'peek batch 4 into c0', 'reap d0',
    'reap batch 4 into d0', 'reap d0 at most 1ns', 'reap d0 at most ever', 'discard', 'fetch', 'drain 1000s',
    'submit and wait 1', 'submit and wait 1 at most 1ns into c0', 'submit and wait 2 at most ever into c0',
]

FORGERIES = ['zero', 'next', 'previous', 'far', 'neighbour', 'other']

many = 'take s0\nprepare s0 nop\narm s0 as o0 lending 1\ntake s1\nprepare s1 nop\narm s1 as o1 lending session 2\n' \
    'take s2\nprepare s2 nop\narm s2 as o2 lending cookie 3\n'


def scenarios():
    for op in OPERATIONS:
        for ring in (0, 1, 3):
            yield RINGS[ring], START % op + 'submit\nput 16 into pipe.write\nput 16 into left\nconnect\nwait c0\n' + END
        yield RINGS[7], START % op + 'submit\nprepare s1 nop\ntake s1\nprepare s1 cancel o0\narm s1 as o1 lending 9\n' \
            'submit and wait 1\npeek batch 8 into c0\nstate o0\nsee batch 8 from c0\ndrain 1000s\nclose\nopen\ntake s0\n'
    for ring in RINGS:
        for wait in WAITS:
            yield ring, many + 'submit\n' + wait + '\nsee c0\n' + wait + '\nlook c1\nsee c2\nsee c1\nsee c0\n'
            yield ring, many + wait + '\n' + START % 'timeout 1ns' + 'submit\n' + wait + '\n' + wait + '\nclose\n'
        yield ring, many + 'submit\npeek batch 3 into c0\nsee c2\nsee c1\naccount held\nsee batch 3 from c0\n' \
            'see c0\ntake s0\ntake s1\ntake s2\nsubmit\ngive back s0\ngive back s0\narm s1 lending 5\n' \
            'copy s2 to s3\nprepare s3 nop\narm s3 as o9 lending 4\ngive back s2\nclose\nabandon\n'
        yield ring, START % 'nop' + 'register counter\nsubmit\nunregister\nregister counter async\nswitch eventfd off\n' \
            'eventfd enabled\nswitch eventfd on\nget 8 from counter\npeek c0\nsee c0\nunregister\nclose\n'
        yield ring, START % 'poll_multishot pipe.read in' + 'submit\n' + 'put 1 into pipe.write\nget 1 from pipe.read\n' * 20 \
            + 'peek c0\npeek c1\nsee c1\npeek batch 20 into c2\nsee batch 20 from c2\nsee c0\npeek batch 20 into c0\n' \
            'see batch 20 from c0\ntake s1\nprepare s1 poll_remove o0\narm s1 as o1 lending 3\nsubmit\n' \
            'reap batch 8 into d0\nowner d0 as request\nterminal d0\n'
        for bad in ('prepare s0 nop\nset s0 unknown\narm s0 lending 1', 'prepare s0 nop\nset s0 skip_success\narm s0 lending 1',
                    'set s0 buffer_select\nprepare s0 nop\nset s0 fixed_file\narm s0 lending 1', 'arm s0 lending 1'):
            yield ring, 'take s0\n' + bad + '\nsubmit\nwait c0 at most 1ns\nin another thread\ntake s1\nin another thread\nsubmit\n'
        yield ring, START % 'nop' + 'submit\nin another thread\nwait c0\nin another thread\nsee c0\nhand over\nin another thread\n' \
            'drain 1000s\nsurvivors\ndescriptor\n'
    for forge in FORGERIES:
        yield RINGS[6], many + 'submit\npeek c0\npeek c1\ncopy c0 to c5\nforge c5 %s\nlook c5\nheld c5\nsee c5\nsee c5 on b\n' \
            'owner c5 as request\nsee c0\nsee c0 on b\nsee c1\nlook c1\nticket c1 as o5\nextra c0\n' % forge
        yield RINGS[6], START % 'timeout 1000s' + 'submit\ncopy o0 to o7\nforge o7 %s\ntake s1\nprepare s1 cancel o7\nstate o7\n' \
            'state o7 on b\narm s1 as o1 lending 3\nsubmit\npeek c0\ntake s2\ncopy s2 to s4\nforge s4 %s\ngive back s4\n' \
            'arm s4 lending 3\ngive back s2\ndrain 1000s\n' % (forge, forge)
    for data in ('plain', 'zero', 'timeout', 'remove', 'cancel', 'beyond'):
        yield RINGS[6], START % ('message %s result 5 to b' % data) + 'submit\npeek c0\nwait c1 on b\nlook c1\nowner c1 as cookie\n' \
            'user_data c1\nsee c1 on b\nsee c0\npeek c2 on b\n'
    for flag in ('link', 'hardlink', 'drain'):
        yield RINGS[0], 'take s0\nprepare s0 nop\nset s0 %s\narm s0 as o0 lending 1\ntake s1\nprepare s1 read bad 4\nset s1 %s\n' \
            'arm s1 as o1 lending 2\ntake s2\nprepare s2 nop\narm s2 as o2 lending 3\nsubmit\npeek batch 3 into c0\n' \
            'see batch 3 from c0\n' % (flag, flag)
    yield RINGS[0], 'take s0\nprepare s0 read pipe.read 8\nset s0 link\narm s0 as o0 lending 1\ntake s1\n' \
        'prepare s1 link_timeout 1ns\narm s1 as o1 lending 2\nsubmit\nwait c0 of 2\npeek c1\nsee c1\nsee c0\n'
    yield RINGS[0], START % 'nop' * 4 + 'submit\n' + 'discard\nsurvivors\n' + START % 'read pipe.read 8' + 'abandon\nopen\n' \
        'open\nopen bad_flag on b\nopen no_memory on b\nopen bad_capacity on b\nopen on b\nclose on b\n'


TWO = 'ring a entries 8 cq 16 operations 8'
THREE_READY = many + 'submit\npeek batch 3 into c0\n'

# Each of these is the shortest way to some mistake that the library could make.
MUST = [
    (TWO, THREE_READY + 'see c2\nsee c2\nsee c1\nsee c1\nsee batch 3 from c0\nsee c0\n'),
    (TWO, THREE_READY + 'copy c1 to c5\nforge c5 neighbour\nsee c5\nsee c2\nsee c1\nsee c5\nsee c0\n'),
    (TWO, THREE_READY + 'copy c1 to c5\nforge c5 next\nsee c5\nlook c5\nforge c5 far\nsee c5\nheld c5\nsee c1\n'),
    (RINGS[6], THREE_READY + 'see c1 on b\nlook c1\nsee c0\nsee c2\nsee c2 on b\nsee c1\nsee c1 on b\n'),
    (RINGS[6], THREE_READY + 'copy c2 to c6\nforge c6 other\nsee c6 on b\nsee c6\nlook c6\n'),
    ('ring a entries 2 cq 4 operations 2', ('take s0\nprepare s0 nop\narm s0 as o0 lending 1\ntake s1\nprepare s1 nop\n'
     'arm s1 as o1 lending 2\nsubmit\npeek c0\nsee c0\npeek c1\nsee c1\npeek c2\n') * 4),
    ('ring a entries 2 cq 2 operations 1', ('take s0\nprepare s0 nop\narm s0 as o0 lending 1\nsubmit\nreap d0\npeek c2\n') * 5),
    ('ring a entries 1 cq 2 operations 1', ('take s0\nprepare s0 nop\narm s0 as o0 lending 1\nsubmit\nwait c0\nsee c0\n') * 5),
    (RINGS[10], 'take s0\nprepare s0 nop\narm s0 as o0 lending 1\nsubmit\nwait c0\nsee c0\naccount retired\n' * 10 + 'close\n'),
    (RINGS[10], 'take s0\ngive back s0\n' * 9 + 'account retired\ntake s1\n'),
    (RINGS[10], 'take s0\nprepare s0 nop\narm s0 as o0 lending 1\nsubmit\nreap d0\nstate o0\n' * 10),
    (TWO, START % 'poll_multishot pipe.read in' + 'submit\nput 1 into pipe.write\nget 1 from pipe.read\npeek c0\n'
     'see c0\nput 1 into pipe.write\npeek c1\nterminal c1\nsee c1\ntake s1\nprepare s1 cancel o0\narm s1 as o1 lending 2\n'
     'submit\npeek batch 4 into c2\nsee batch 4 from c2\nclose\n'),
    (TWO, ('take s0\nprepare s0 poll_multishot pipe.read in\narm s0 as o0 lending 1\n') * 9 + 'account in_flight\ndrain 1000s\nclose\n'),
    ('ring a entries 8 cq 16 operations 8 credit 4', (START % 'poll_multishot pipe.read in' + 'submit\ndrain 1000s\n') * 5),
    (TWO, START % 'accept_multishot listener' + 'submit\nconnect\nconnect\npeek batch 2 into c0\nsee c0\nlook c1\nconnect\n'
     'reap batch 3 into d0\nterminal d0\nsee c1\ndrain 1000s\n'),
    (TWO, START % 'send_zc tcp.left 16' + 'submit\npeek c0\nterminal c0\nsee c0\npeek c1\nsee c1\nstate o0\ntake s0\nclose\n'),
    (TWO, ('take s0\nprepare s0 send_zc tcp.left 16\narm s0 as o0 lending 1\n') * 8 + 'submit\ntake s0\nprepare s0 send_zc left 1\n'
     'arm s0 as o9 lending 1\ndiscard\n'),
    (TWO, START % 'read pipe.read 16' + 'put 5 into pipe.write\nsubmit\npeek c0\nlook c0\nresult c0\nsee c0\n'),
    (TWO, START % 'read bad 4' + 'submit\npeek c0\nlook c0\nowner c0 as session\nowner c0 as cookie\nowner c0 as request\nsee c0\n'),
    (TWO, START % 'read bad 4' + 'submit\nreap d0\nowner d0 as session\nowner d0 as request\nterminal d0\n'),
    (TWO, 'take s0\nprepare s0 read bad 4\narm s0 lending session 1\nsubmit\npeek c0\nowner c0 as request\nowner c0 as session\n'
     'see c0\nowner c0 as session\n'),
    (RINGS[3], START % 'timeout 1000s' + 'submit\nwait c0 at most 1ns\naccount reserved\nwait c0 at most 1ns\npeek c1\nclose\n'
     'drain 1000s\nclose\n'),
    (RINGS[3], START % 'nop' + 'wait c0 of 3 at most 1000s\naccount reserved\nwait c1 at most 0s\nsee c0\nwait c1 at most 0s\npeek c2\n'
     'drain 1000s\nclose\n'),
    (RINGS[3], START % 'timeout 1000s' + 'submit\ntake s1\nprepare s1 nop\narm s1 as o1 lending 2\nwait c0 at most 1000s\nsee c0\n'
     'account reserved\nwait c0 at most 1ns\nwait c0 at most 1ns\nwait c0 at most 1ns\nclose\ndrain 1000s\nclose\n'),
    (TWO, START % 'nop' + 'take s1\nsubmit\nsubmit and wait 1\ngive back s1\ngive back s1\nsubmit\narm s1 lending 1\nclose\nwait c0\nclose\n'
     'see c0\nclose\nlook c0\nsee c0\n'),
    (TWO, START % 'nop' + 'submit\nclose\npeek c0\nclose\nabandon\nlook c0\nheld c0\nsee c0\nopen\nsee c0\nheld c0\n'),
    (TWO, 'take s0\nprepare s0 nop\narm s0 as o0 lending 1\ntake s1\nprepare s1 raw bad_opcode\narm s1 as o1 lending 2\ntake s2\n'
     'prepare s2 nop\narm s2 as o2 lending 3\nsubmit\naccount armed\nstate o2\nsubmit\npeek batch 4 into c0\nclose\n'),
    (TWO, 'take s0\nprepare s0 nop\narm s0 as o0 lending 1\ntake s1\nprepare s1 raw bad_opcode\narm s1 as o1 lending 2\ntake s2\n'
     'prepare s2 nop\narm s2 as o2 lending 3\nsubmit and wait 1\naccount armed\nsubmit and wait 1\nstate o2\nreap batch 4 into d0\n'),
    (TWO, START % 'nop' * 2 + 'submit\npeek c0\npeek c1\n' + START % 'timeout 1000s' + 'submit and wait 1 at most 1ns into c2\n'
     'wait c2 of 1 at most 1ns\nwait c2\nsee c0\nsee c1\n'),
    (TWO, START % 'nop' * 2 + 'submit\npeek c0\n' + START % 'timeout 1000s' + 'submit\nwait c1 of 2\nwait c1 of 3\nwait c1 of 3 at most 1ns\nwait c2\n'),
    (TWO, START % 'nop' + 'submit\nwait c0\nwait c1\nwait c1 of 2\nsubmit and wait 2\nwait c1 at most 1e9ns\nwait c1 at most -1s\nsee c0\n'),
    ('ring a entries 2 cq 4 operations 2', START % 'nop' * 2 + 'submit\npeek batch 2 into c0\nwait c2 of 2 at most 1ns\nwait c2 of 3 at most 1ns\n'
     'wait c2 of 4 at most 1ns\nsee batch 2 from c0\n'),
    (TWO, 'fetch\nin another thread\nfetch\nin another thread\nsubmit\nin another thread\nwait c0 at most 1ns\nhand over\n'),
    (RINGS[5], START % 'nop' + 'submit\nwait c0\nsee c0\n' + START % 'timeout 1000s' + 'submit\ndrain 1000s\nhand over\ndrain 1000s\nclose\n'),
    ('ring a entries 8 cq 16 operations 8 split legacy', START % 'timeout 1000s' + 'submit\ndrain 1000s\nclose\n'),
    ('ring a entries 2 cq 2 operations 1 foreign\nring b entries 8 cq 16 operations 8',
     ('take s0 on b\nprepare s0 message plain result 5\narm s0 lending 1\n') * 5 + 'submit on b\npeek c0\npeek c1\npeek c2\nwait c2\nsee c1\npeek c2\n'
     'see c0\npeek c2\npeek c3\nsee batch 2 from c2\nreap batch 4 into d0\nowner d0 as cookie\nowner d0 as request\ndiscard\npeek c4\n'),
    (RINGS[6], 'take s0 on b\nprepare s0 message timeout result 5\narm s0 lending 1\nsubmit on b\npeek c0\nclass c0\nuser_data c0\nsee c0\n'),
    (RINGS[6], START % 'timeout 1000s' + 'take s1 on b\nprepare s1 message o0 result 5\narm s1 lending 1\nsubmit on b\npeek c0\nclass c0\nsubmit\npeek c1\n'),
    (RINGS[6], START % 'nop' + 'submit\nwait c0\nsee c0\n' + START.replace('o0', 'o4') % 'timeout 1000s' + 'submit\ntake s1 on b\n'
     'prepare s1 message o0 result 5\narm s1 lending 1\nsubmit on b\npeek c0\nclass c0\nsee c0\nstate o4\ntake s2\nprepare s2 cancel o0\narm s2 lending 3\n'),
    (TWO, START % 'nop' + 'submit\nregister eventfd\nget 8 from eventfd\nunregister\nregister counter async\n'),
    ('ring a entries 4 cq 4 operations 2', ('take s0\nprepare s0 nop\narm s0 lending 1\n') * 3 + 'take s1\ntake s2\ntake s3\nsubmit\n'),
    ('ring a entries 1 cq 2 operations 1 legacy', 'take s0\ntake s1\ntake s2\ngive back s0\n'),
    ('ring a entries 8 cq 16 operations 15', 'take s0\n' * 9 + 'submit\n'),
    ('ring a entries 8 cq 16 operations 8 flags cqe32', THREE_READY + 'user_data c1\nlook c2\nextra c1\nticket c1 as o5\nsee c0\nreap d0\nsee c1\n'),
    (TWO, THREE_READY + 'see c1\nstate o1\nstate o0\ntake s0\nsee c0\nstate o1\nsee c2\nstate o2\nstate o0\n'),
    (TWO, ''.join('take s0\nprepare s0 raw %s\narm s0 lending 1\n' % raw for raw in
                  ('nop', 'user_data', 'reserved', 'skip_success', 'rewrite', 'timeout_multishot')) + 'submit\n'),
    (RINGS[6], START % 'message plain result 5 to b' + 'submit\nclose on b\npeek c0 on b\nsee c0 on b\nclose on b\nwait c1\nclose\n'),
    (TWO, START % 'nop' + 'submit\npeek c0\n' + 'take s0\nprepare s0 timeout 1ns\narm s0 as o0 lending 1\n'
     'submit and wait 1 at most ever into c1\nlook c1\nsee c1\n'),
    (TWO, START % 'nop' + 'submit\npeek c0\n' + START % 'timeout 1000s' + 'submit\nwait c1 at most 1000s\nwait c1 of 2 at most 1000s\n'
     'submit and wait 1 at most 1000s into c1\n'),
    (RINGS[3], START % 'timeout 1000s' + 'submit\nwait c1 at most 1000s\nwait c1 at most 1000s\npeek c2\ndrain 1000s\nclose\n'),
    (RINGS[3], START % 'nop' + 'wait c0 of 2 at most 1000s\npeek c1\nwait c1 at most 1000s\n' + START % 'nop' + 'submit\nwait c1 at most 1000s\n'),
    (TWO, START % 'nop' * 6 + 'submit\npeek batch 8 into c0\nsee batch 8 from c0\n' + START % 'nop' * 7 + 'submit\nreap batch 8 into d0\n'),
    ('ring a entries 4 cq 8 operations 4', (START % 'nop' * 4 + 'submit\nreap batch 4 into d0\npeek c0\n') * 4),
    (TWO, START % 'poll_multishot pipe.read in' + 'submit\nput 1 into pipe.write\nget 1 from pipe.read\nput 1 into pipe.write\n'
     'get 1 from pipe.read\npeek batch 4 into c0\nsee batch 2 from c0\ntake s1\nprepare s1 cancel o0\narm s1 as o1 lending 2\nsubmit\n'
     'peek batch 4 into c0\nsee batch 2 from c0\nwait c0\nwait c0 of 2\n' + START % 'nop' + 'submit\nwait c0 of 2\nwait c0\nsee c0\nwait c0\n'),
    (TWO, START % 'timeout 1000s' + 'drain 1000s\naccount in_flight\n' + START % 'read pipe.read 8' + 'drain 0s\ndrain 1000s\npeek c0\nclose\n'),
    (TWO, ''.join('take s0\nprepare s0 %s\narm s0 lending 1\n' % op for op in
                  ('read file 4294967296', 'write pipe.write 4294967296', 'send left 4294967296', 'recv_multishot right group 4294967296'))
     + 'submit\n'),
    (TWO, START % 'nop' + 'submit\nreap d0\n' + 'take s0\nprepare s0 nop\narm s0 as o0 lending 1\ntake s1\nprepare s1 raw bad_opcode\n'
     'arm s1 as o1 lending 2\ntake s2\nprepare s2 nop\narm s2 as o2 lending 3\nsubmit and wait 1\naccount armed\nsubmit and wait 1\n'
     'state o2\nreap batch 4 into d0\n'),
    (TWO, START % 'nop' + 'submit\npeek c0\n' + START % 'timeout 1000s' + 'submit and wait 1 at most 1000s into c1\n'),
    (RINGS[3], START % 'nop' + 'wait c0 at most 1000s\nsee c0\naccount reserved\nclose\n'),
    (TWO, START % 'nop' + 'submit\nreap d0\nstate o0\nclose\nopen\ntake s0\ngive back s0\nabandon\nopen\n' + START % 'nop' + 'submit\nclose\nabandon\nopen\n'),
]

# ... and these reach cells of the model's tables that chance hardly reaches.
SEVERAL = RINGS[6]
CREDIT = SEVERAL.replace('operations 8 foreign', 'operations 8 foreign credit 4')
HUGE = 'prepare s0 read file 4294967296\narm s0 lending 3\n'
MESSAGE = 'take s7 on b\nprepare s7 message o0 result 5 to a\narm s7 lending 9\nsubmit on b\n'
STALE = 'take s1\nprepare s1 cancel o0\ngive back s1\n'
SHAPES = {
    'one': ('write pipe.write 4', ''),
    'zero-copy': ('send_zc tcp.left 16', 'peek c0\nsee c0\n'),
    'multishot': ('recv_multishot right', ''),
}
AGAIN = 'give back s0\nprepare s0 nop\narm s0 lending 3\n' + HUGE


def cells():
    for shape, (op, first) in SHAPES.items():
        ring = SEVERAL if shape == 'one' else CREDIT
        arm = START % op
        yield ring, arm + HUGE + STALE + AGAIN + 'close\n' + MESSAGE + 'peek c3\nsee c3\ndrain 1000s\nclose\n'
        yield ring, arm + 'submit\n' + AGAIN + STALE + 'close\n' + first + 'peek c1\n' + AGAIN + STALE + 'submit\ndrain 0s\n' \
            'close\n' + MESSAGE + 'peek c2\nsee c2\n' + ''.join('take s%d\n' % n for n in range(8)) + 'see c1\n'
        yield ring, arm + 'submit\ndrain 1000s\nclose\n'
    # the identity that a slot will have when it is armed
    yield SEVERAL, START % 'nop' + 'submit\nreap d0\ntake s0\nforge o0 next\n' + STALE + MESSAGE + 'peek c0\nsee c0\ndrain 0s\nclose\n'
    worn = RINGS[10].replace('operations 8', 'operations 8 foreign') + '\nring b entries 8 cq 16 operations 8'
    yield worn, (START % 'nop' + 'submit\nreap d0\n') * 12 + MESSAGE + 'peek c0\nsee c0\n' + STALE + AGAIN + 'submit\ndrain 0s\nclose\n'


def main():
    folder = sys.argv[1]
    os.makedirs(folder, exist_ok=True)
    for n, (ring, text) in enumerate(scenarios()):
        with open(os.path.join(folder, 'seed-%03d.once' % n), 'w', encoding='ascii') as out:
            out.write(ring + '\n' + text)
    for n, (ring, text) in enumerate(MUST + list(cells())):
        with open(os.path.join(folder, 'must-%03d.once' % n), 'w', encoding='ascii') as out:
            out.write(ring + '\n' + text)
    return 0


if __name__ == '__main__':
    sys.exit(main())
