// SPDX-License-Identifier: MIT
//
// Completion mistakes in a program that uses raw liburing, for Coccinelle:
//
//   spatch --very-quiet --sp-file liburing_lost.cocci FILE...
//
// A CQE that is never seen, an SQE that is never prepared or has no user_data;
// liburing_use.cocci has what must not be done with them.
// A line of output is "file:line:column: warning: text [mistake]". It looks at
// one function at a time, and trusts every function that is handed a CQE or an
// SQE. It reads the text before the preprocessor. Patterns, not a proof. What it
// reports, oncering refuses when the program runs.
//
@initialize:python@
@@
told = set()

def tell(p, what, text):
    key = (p[0].file, p[0].line, what)
    if key not in told:
        told.add(key)
        print("%s:%s:%s: warning: %s [%s]" %
              (p[0].file, p[0].line, int(p[0].column) + 1, text, what))

// ---- never seen

@settling_return@
identifier f !~ "^io_uring_cqe_get_data";
expression E;
position p;
@@
  return@p <+... f(..., E, ...) ...+>;

@copied exists@
local idexpression c;
identifier v;
expression r, X;
type T;
identifier W =~ "^io_uring_(peek_cqe|wait_cqe|wait_cqes|wait_cqe_nr|wait_cqe_timeout|submit_and_wait_timeout)$";
position p;
@@
  W@p(r, &c, ...)
  ...
(
  X = c;
|
  T v = c;
)

@local_cqe@
local idexpression c;
expression r;
identifier W =~ "^io_uring_(peek_cqe|wait_cqe|wait_cqes|wait_cqe_nr|wait_cqe_timeout|submit_and_wait_timeout)$";
position p != copied.p;
@@
  W@p(r, &c, ...)

@never_seen_answer exists@
expression r, r2, r3, X, Y;
identifier c, rc;
identifier W =~ "^io_uring_(peek_cqe|wait_cqe|wait_cqes|wait_cqe_nr|wait_cqe_timeout|submit_and_wait_timeout)$";
identifier W2 =~ "^io_uring_(peek_cqe|wait_cqe|wait_cqes|wait_cqe_nr|wait_cqe_timeout|submit_and_wait_timeout)$";
identifier f !~ "^io_uring_";
type T;
statement S;
position q = local_cqe.p;
position p != settling_return.p;
@@
(
  rc = W@q(r, &c, ...);
|
  T rc = W@q(r, &c, ...);
)
  ... when != rc = Y
  if (\(rc < 0\|rc != 0\)) S
  ... when any
      when != io_uring_cqe_seen(r3, c)
      when != io_uring_cq_advance(...)
      when != f(..., c, ...)
      when != X = c
(
  return@p ...;
|
  W2@p(r2, &c, ...)
)

@never_seen_if exists@
expression r, r2, r3, X;
identifier c;
identifier W =~ "^io_uring_(peek_cqe|wait_cqe|wait_cqes|wait_cqe_nr|wait_cqe_timeout|submit_and_wait_timeout)$";
identifier W2 =~ "^io_uring_(peek_cqe|wait_cqe|wait_cqes|wait_cqe_nr|wait_cqe_timeout|submit_and_wait_timeout)$";
identifier f !~ "^io_uring_";
statement S;
position q = local_cqe.p;
position p != settling_return.p;
@@
(
  if (\(W@q(r, &c, ...) < 0\|W@q(r, &c, ...) != 0\)) S
|
  if (W@q(r, &c, ...)) S
)
  ... when any
      when != io_uring_cqe_seen(r3, c)
      when != io_uring_cq_advance(...)
      when != f(..., c, ...)
      when != X = c
(
  return@p ...;
|
  W2@p(r2, &c, ...)
)

@never_seen_in exists@
expression r, r3, X;
identifier c;
identifier W =~ "^io_uring_(peek_cqe|wait_cqe|wait_cqes|wait_cqe_nr|wait_cqe_timeout|submit_and_wait_timeout)$";
identifier f !~ "^io_uring_";
position q = local_cqe.p;
position p != settling_return.p;
@@
(
  if (W@q(r, &c, ...) == 0)
  {
    ... when any
        when != io_uring_cqe_seen(r3, c)
        when != io_uring_cq_advance(...)
        when != f(..., c, ...)
        when != X = c
    return@p ...;
  }
|
  while (W@q(r, &c, ...) == 0)
  {
    ... when any
        when != io_uring_cqe_seen(r3, c)
        when != io_uring_cq_advance(...)
        when != f(..., c, ...)
        when != X = c
    \(return@p ...;\|break@p;\|continue@p;\)
  }
)

@script:python@
p << never_seen_answer.p;
q << never_seen_answer.q;
@@
tell(q, "never-seen", "this CQE is not seen on a path to line %s: it comes again" % p[0].line)

@script:python@
p << never_seen_if.p;
q << never_seen_if.q;
@@
tell(q, "never-seen", "this CQE is not seen on a path to line %s: it comes again" % p[0].line)

@script:python@
p << never_seen_in.p;
q << never_seen_in.q;
@@
tell(q, "never-seen", "this CQE is not seen on a path to line %s: it comes again" % p[0].line)

// ---- taken SQEs

@sqe_unchecked exists@
expression r, X;
identifier s, m;
identifier f !~ "^(assert|likely|unlikely)";
type T;
position p;
@@
(
  s = io_uring_get_sqe(r);
|
  T s = io_uring_get_sqe(r);
)
  ... when != \(s == NULL\|s != NULL\|!s\)
      when != s = X
(
  s@p->m
|
  f@p(..., s, ...)
)

@no_user_data exists@
expression r, X, D;
identifier s;
identifier prep =~ "^io_uring_prep_";
identifier set =~ "^io_uring_sqe_set_data";
identifier f !~ "^io_uring_";
identifier submit =~ "^io_uring_submit";
type T;
position p;
@@
(
  s = io_uring_get_sqe(r);
|
  T s = io_uring_get_sqe(r);
)
  ... when != set(s, D)
      when != s->user_data = D
      when != f(..., s, ...)
  prep@p(s, ...)
  ... when != set(s, D)
      when != s->user_data = D
      when != f(..., s, ...)
      when != s = X
  \(submit(...)\|io_uring_get_sqe(...)\)

@no_user_data_return exists@
expression r, X, D;
identifier s;
identifier prep =~ "^io_uring_prep_";
identifier set =~ "^io_uring_sqe_set_data";
identifier f !~ "^io_uring_";
identifier submit =~ "^io_uring_submit";
type T;
position p;
@@
(
  s = io_uring_get_sqe(r);
|
  T s = io_uring_get_sqe(r);
)
  ... when != set(s, D)
      when != s->user_data = D
      when != f(..., s, ...)
  prep@p(s, ...)
  ... when != set(s, D)
      when != s->user_data = D
      when != f(..., s, ...)
      when != s = X
      when != submit(...)
  return ...;

@reserved_user_data@
expression s;
position p;
@@
(
  io_uring_sqe_set_data64@p(s, \(LIBURING_UDATA_TIMEOUT\|-1\|~0ULL\|~0UL\|UINT64_MAX\))
|
  io_uring_sqe_set_data@p(s, \((void *)-1\|(void *)LIBURING_UDATA_TIMEOUT\))
|
  s@p->user_data = \(LIBURING_UDATA_TIMEOUT\|-1\|~0ULL\|~0UL\|UINT64_MAX\)
)

@never_prepared exists@
expression r, X;
identifier s, m;
identifier f !~ "^io_uring_(get_sqe|submit|sqe_set_)";
type T;
statement S;
position q;
position p != settling_return.p;
@@
(
  s = io_uring_get_sqe@q(r);
|
  T s = io_uring_get_sqe@q(r);
)
  ... when != s->m
  if (\(s == NULL\|!s\)) S
  ... when any
      when != f(..., s, ...)
      when != X = s
      when != s->opcode
(
  return@p ...;
|
  s = io_uring_get_sqe@p(...)
)

@script:python@
p << sqe_unchecked.p;
@@
tell(p, "sqe-unchecked", "io_uring_get_sqe() returns NULL if the SQ is full")

@script:python@
p << no_user_data.p;
@@
tell(p, "no-user-data", "submitted without user_data: its CQE cannot be told from another one")

@script:python@
p << no_user_data_return.p;
@@
tell(p, "no-user-data", "left without user_data: its CQE cannot be told from another one")

@script:python@
p << reserved_user_data.p;
@@
tell(p, "reserved-user-data", "this is LIBURING_UDATA_TIMEOUT: liburing swallows the CQE, or hangs")

@script:python@
p << never_prepared.p;
q << never_prepared.q;
@@
tell(q, "never-armed", "this SQE is submitted, but nothing is prepared in it on a path to line %s" % p[0].line)
