// SPDX-License-Identifier: MIT
//
// Completion mistakes in a program that uses oncering, for Coccinelle:
//
//   spatch --very-quiet --sp-file oncering_lost.cocci FILE...
//
// A token that is never seen, an SQE that is never armed; oncering_use.cocci has
// what must not be done with them.
// A line of output is "file:line:column: warning: text [mistake]". It looks at
// one function at a time and at one level of helpers in the same file; it
// trusts every other function that is handed a token to see it. It reads the
// text before the preprocessor: for one configuration, preprocess first.
// These are patterns, not a proof: gcc -fanalyzer and clang follow values.
//
@initialize:python@
@@
told = set()

def plain(expression):
    return expression.replace(" ", "")

def tell(p, what, text):
    key = (p[0].file, p[0].line, what)
    if key not in told:
        told.add(key)
        print("%s:%s:%s: warning: %s [%s]" %
              (p[0].file, p[0].line, int(p[0].column) + 1, text, what))

// ---- never seen

@copied_seen exists@
local idexpression c;
identifier m, v;
expression r, X;
type T;
identifier W =~ "^once_(peek|wait|wait_for|wait_nr|wait_timeout|submit_and_wait_timeout)$";
position p;
@@
(
  W@p(r, &c, ...)
|
  W@p(r, &c.m, ...)
)
  ...
(
  X = c;
|
  X = c.m;
|
  T v = c;
|
  T v = c.m;
)

@local_seen@
local idexpression c;
identifier m;
expression r;
constant n;
identifier W =~ "^once_(peek|wait|wait_for|wait_nr|wait_timeout|submit_and_wait_timeout)$";
position p != copied_seen.p;
@@
(
  W@p(r, &c, ...)
|
  W@p(r, &c.m, ...)
|
  W@p(r, &c[n], ...)
)

@settling_return_seen@
identifier f !~ "^once_|_of$";
expression E;
position p;
@@
  return@p <+... \(once_seen(...)\|once_seen_batch(...)\|f(..., E, ...)\) ...+>;

@never_seen_answer exists@
expression r, r2, r3, E, X;
identifier W =~ "^once_(peek|wait|wait_for|wait_nr|wait_timeout|submit_and_wait_timeout)$";
identifier W2 =~ "^once_(peek|wait|wait_for|wait_nr|wait_timeout|submit_and_wait_timeout)$";
identifier f !~ "^once_|_of$";
statement S;
identifier rc;
type T;
position q = local_seen.p;
position p != settling_return_seen.p;
@@
(
  rc = W@q(r, E, ...);
|
  T rc = W@q(r, E, ...);
)
  ... when != rc = X
  if (\(rc < 0\|rc != 0\)) S
  ... when any
      when != once_seen(r3, E)
      when != once_seen_batch(...)
      when != f(..., E, ...)
      when != X = E
(
  return@p ...;
|
  W2@p(r2, E, ...)
)

@never_seen_if exists@
expression r, r2, r3, E, X;
identifier W =~ "^once_(peek|wait|wait_for|wait_nr|wait_timeout|submit_and_wait_timeout)$";
identifier W2 =~ "^once_(peek|wait|wait_for|wait_nr|wait_timeout|submit_and_wait_timeout)$";
identifier f !~ "^once_|_of$";
statement S;
position q = local_seen.p;
position p != settling_return_seen.p;
@@
(
  if (\(W@q(r, E, ...) < 0\|W@q(r, E, ...) != 0\)) S
|
  if (W@q(r, E, ...)) S
)
  ... when any
      when != once_seen(r3, E)
      when != once_seen_batch(...)
      when != f(..., E, ...)
      when != X = E
(
  return@p ...;
|
  W2@p(r2, E, ...)
)

@never_seen_in exists@
expression r, r3, E, X;
identifier W =~ "^once_(peek|wait|wait_for|wait_nr|wait_timeout|submit_and_wait_timeout)$";
identifier f !~ "^once_|_of$";
position q = local_seen.p;
position p != settling_return_seen.p;
@@
(
  if (W@q(r, E, ...) == 0)
  {
    ... when any
      when != once_seen(r3, E)
      when != once_seen_batch(...)
      when != f(..., E, ...)
      when != X = E
    return@p ...;
  }
|
  while (W@q(r, E, ...) == 0)
  {
    ... when any
      when != once_seen(r3, E)
      when != once_seen_batch(...)
      when != f(..., E, ...)
      when != X = E
    \(return@p ...;\|break@p;\|continue@p;\)
  }
)

@script:python@
p << never_seen_answer.p;
q << never_seen_answer.q;
E << never_seen_answer.E;
@@
tell(q, "never-seen", "%s is not seen on a path to line %s" % (plain(E), p[0].line))

@script:python@
p << never_seen_if.p;
q << never_seen_if.q;
E << never_seen_if.E;
@@
tell(q, "never-seen", "%s is not seen on a path to line %s" % (plain(E), p[0].line))

@script:python@
p << never_seen_in.p;
q << never_seen_in.q;
E << never_seen_in.E;
@@
tell(q, "never-seen", "%s is not seen on a path to line %s" % (plain(E), p[0].line))

// ---- never armed

@copied_armed exists@
local idexpression c;
identifier m, v;
expression r, X;
type T;
identifier W =~ "^once_take$";
position p;
@@
(
  W@p(r, &c)
|
  W@p(r, &c.m)
)
  ...
(
  X = c;
|
  X = c.m;
|
  T v = c;
|
  T v = c.m;
)

@local_armed@
local idexpression c;
identifier m;
expression r;
constant n;
identifier W =~ "^once_take$";
position p != copied_armed.p;
@@
(
  W@p(r, &c)
|
  W@p(r, &c.m)
|
  W@p(r, &c[n])
)

@settling_return_armed@
identifier f !~ "^once_";
expression E;
position p;
@@
  return@p <+... \(once_arm(...)\|once_give_back(...)\|f(..., E, ...)\) ...+>;

@never_armed_answer exists@
expression r, r2, E, X;
identifier W =~ "^once_take$";
identifier W2 =~ "^once_take$";
identifier f !~ "^once_";
statement S;
identifier rc;
type T;
position q = local_armed.p;
position p != settling_return_armed.p;
@@
(
  rc = W@q(r, E);
|
  T rc = W@q(r, E);
)
  ... when != rc = X
  if (\(rc < 0\|rc != 0\)) S
  ... when any
      when != once_arm(E, ...)
      when != once_give_back(E)
      when != f(..., E, ...)
      when != X = E
(
  return@p ...;
|
  W2@p(r2, E)
)

@never_armed_if exists@
expression r, r2, E, X;
identifier W =~ "^once_take$";
identifier W2 =~ "^once_take$";
identifier f !~ "^once_";
statement S;
position q = local_armed.p;
position p != settling_return_armed.p;
@@
(
  if (\(W@q(r, E) < 0\|W@q(r, E) != 0\)) S
|
  if (W@q(r, E)) S
)
  ... when any
      when != once_arm(E, ...)
      when != once_give_back(E)
      when != f(..., E, ...)
      when != X = E
(
  return@p ...;
|
  W2@p(r2, E)
)

@never_armed_in exists@
expression r, E, X;
identifier W =~ "^once_take$";
identifier f !~ "^once_";
position q = local_armed.p;
position p != settling_return_armed.p;
@@
(
  if (W@q(r, E) == 0)
  {
    ... when any
      when != once_arm(E, ...)
      when != once_give_back(E)
      when != f(..., E, ...)
      when != X = E
    return@p ...;
  }
|
  while (W@q(r, E) == 0)
  {
    ... when any
      when != once_arm(E, ...)
      when != once_give_back(E)
      when != f(..., E, ...)
      when != X = E
    \(return@p ...;\|break@p;\|continue@p;\)
  }
)

@script:python@
p << never_armed_answer.p;
q << never_armed_answer.q;
E << never_armed_answer.E;
@@
tell(q, "never-armed", "%s is neither armed nor given back on a path to line %s" % (plain(E), p[0].line))

@script:python@
p << never_armed_if.p;
q << never_armed_if.q;
E << never_armed_if.E;
@@
tell(q, "never-armed", "%s is neither armed nor given back on a path to line %s" % (plain(E), p[0].line))

@script:python@
p << never_armed_in.p;
q << never_armed_in.q;
E << never_armed_in.E;
@@
tell(q, "never-armed", "%s is neither armed nor given back on a path to line %s" % (plain(E), p[0].line))
