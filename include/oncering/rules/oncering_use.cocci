// SPDX-License-Identifier: MIT
//
// Completion mistakes in a program that uses oncering, for Coccinelle:
//
//   spatch --very-quiet --sp-file oncering_use.cocci FILE...
//
// What is done with a token that must not be, and answers that are ignored;
// oncering_lost.cocci has what is never done.
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

// ---- helpers that see the token they are given, on every path

@sees forall@
identifier f, c;
type T;
expression r;
@@
f(..., T c, ...)
{
  ... when any
  once_seen(r, c)
  ... when any
}

// ---- ignored

@ignored@
identifier f =~ "^once_(open|close|abandon|drain|take|arm|submit|submit_and_wait|submit_and_wait_timeout|peek|peek_batch|wait|wait_for|wait_nr|wait_timeout|reap|reap_batch|wait_reap|discard|owner|completion_owner|ticket_of|register_eventfd|unregister_eventfd)$|_of$";
position p;
@@
  f@p(...);

@script:python@
p << ignored.p;
f << ignored.f;
@@
tell(p, "ignored", "the answer of %s() is ignored" % f)

// ---- seen twice

@by_index@
expression r, a;
idexpression i;
position p;
@@
  once_seen@p(r, &a[i])

@seen_twice exists@
expression r, r2, E, X;
identifier W =~ "^once_(peek|wait|wait_for|wait_nr|wait_timeout|submit_and_wait_timeout|peek_batch)$";
position q != by_index.p, p;
@@
  once_seen@q(r, E)
  ... when != W(...)
      when != E = X
(
  once_seen@p(r2, E)
|
  once_seen_batch@p(r2, E, ...)
)

@script:python@
p << seen_twice.p;
E << seen_twice.E;
@@
tell(p, "seen-twice", "%s was seen before, on some path" % plain(E))

@seen_twice_index exists@
expression r, r2, a, X;
idexpression i;
identifier W =~ "^once_(peek|wait|wait_for|wait_nr|wait_timeout|submit_and_wait_timeout|peek_batch)$";
position p;
@@
  once_seen(r, &a[i])
  ... when != W(...)
      when != i++
      when != ++i
      when != i--
      when != --i
      when != i = X
  once_seen@p(r2, &a[i])

@script:python@
p << seen_twice_index.p;
@@
tell(p, "seen-twice", "this element was seen before, on some path")

@seen_twice_helper exists@
expression r, E, X;
identifier sees.f;
identifier W =~ "^once_(peek|wait|wait_for|wait_nr|wait_timeout|submit_and_wait_timeout|peek_batch)$";
position p;
@@
  f(..., E, ...)
  ... when != W(...)
      when != E = X
  once_seen@p(r, E)

@script:python@
p << seen_twice_helper.p;
f << sees.f;
@@
tell(p, "seen-twice", "%s() has seen this token" % f)

// ---- used after seen

@used_after_seen exists@
expression r, E, X;
identifier W =~ "^once_(peek|wait|wait_for|wait_nr|wait_timeout|submit_and_wait_timeout|peek_batch)$";
identifier L =~ "^once_(result|flags|class|is_terminal|ticket_of|user_data|extra|owner)$|_of$";
position q != by_index.p, p;
@@
  once_seen@q(r, E)
  ... when != W(...)
      when != E = X
  L@p(E, ...)

@script:python@
p << used_after_seen.p;
L << used_after_seen.L;
E << used_after_seen.E;
@@
tell(p, "used-after-seen", "%s() of %s, which was seen before on some path" % (L, plain(E)))

@used_by_helper exists@
expression r, E, X;
identifier W =~ "^once_(peek|wait|wait_for|wait_nr|wait_timeout|submit_and_wait_timeout|peek_batch)$";
identifier f !~ "^once_|_of$";
position q != by_index.p, p;
@@
  once_seen@q(r, E)
  ... when != W(...)
      when != E = X
  f@p(..., E, ...)

@script:python@
p << used_by_helper.p;
f << used_by_helper.f;
E << used_by_helper.E;
@@
tell(p, "used-after-seen", "%s() is handed %s, which was seen before on some path" % (f, plain(E)))

@used_after_helper exists@
expression E, X;
identifier sees.f;
identifier W =~ "^once_(peek|wait|wait_for|wait_nr|wait_timeout|submit_and_wait_timeout|peek_batch)$";
identifier L =~ "^once_(result|flags|class|is_terminal|ticket_of|user_data|extra|owner)$|_of$";
position p;
@@
  f(..., E, ...)
  ... when != W(...)
      when != E = X
  L@p(E, ...)

@script:python@
p << used_after_helper.p;
f << sees.f;
@@
tell(p, "used-after-seen", "%s() has seen this token" % f)

// ---- used although the wait failed

@failed_branch@
expression r, E, E1;
identifier W =~ "^once_(peek|wait|wait_for|wait_nr|wait_timeout|submit_and_wait_timeout)$";
identifier L =~ "^once_(seen|result|flags|class|is_terminal|ticket_of|user_data|extra|owner)$|_of$";
position p;
statement S;
@@
(
  if (\(W(r, E, ...) < 0 \| W(r, E, ...) != 0\)) { <+... \(L@p(E, ...)\|L@p(E1, E)\) ...+> }
|
  if (W(r, E, ...)) { <+... \(L@p(E, ...)\|L@p(E1, E)\) ...+> }
|
  if (W(r, E, ...) == 0) S else { <+... \(L@p(E, ...)\|L@p(E1, E)\) ...+> }
)

@failed_loop exists@
expression r, E, E1, X;
identifier W =~ "^once_(peek|wait|wait_for|wait_nr|wait_timeout|submit_and_wait_timeout)$";
identifier W2 =~ "^once_(peek|wait|wait_for|wait_nr|wait_timeout|submit_and_wait_timeout)$";
identifier L =~ "^once_(seen|result|flags|class|is_terminal|ticket_of|user_data|extra|owner)$|_of$";
position p;
statement S;
@@
  while (\(W(r, E, ...) == 0 \| W(r, E, ...) >= 0\)) S
  ... when != W2(...)
      when != E = X
  \(L@p(E, ...)\|L@p(E1, E)\)

@failed_answer exists@
expression r, E, E1, X;
identifier rc;
identifier W =~ "^once_(peek|wait|wait_for|wait_nr|wait_timeout|submit_and_wait_timeout)$";
identifier L =~ "^once_(seen|result|flags|class|is_terminal|ticket_of|user_data|extra|owner)$|_of$";
identifier W2 =~ "^once_(peek|wait|wait_for|wait_nr|wait_timeout|submit_and_wait_timeout)$";
type T;
position p;
@@
(
  rc = W(r, E, ...);
|
  T rc = W(r, E, ...);
)
  ... when != rc = X
  if (\(rc < 0\|rc != 0\))
  {
    ... when != W2(...)
    \(L@p(E, ...)\|L@p(E1, E)\)
    ... when any
  }

@unchecked exists@
expression r, E, E1, X;
expression rc;
identifier W =~ "^once_(peek|wait|wait_for|wait_nr|wait_timeout|submit_and_wait_timeout)$";
identifier W2 =~ "^once_(peek|wait|wait_for|wait_nr|wait_timeout|submit_and_wait_timeout)$";
identifier L =~ "^once_(seen|result|flags|class|is_terminal|ticket_of|user_data|extra|owner)$|_of$";
position p;
@@
  rc = W(r, E, ...);
  ... when != \(rc < 0\|rc != 0\|rc == 0\|rc >= 0\|!rc\)
      when != W2(...)
      when != rc = X
  \(L@p(E, ...)\|L@p(E1, E)\)

@unchecked_init exists@
expression r, E, E1, X;
identifier rc;
type T;
identifier W =~ "^once_(peek|wait|wait_for|wait_nr|wait_timeout|submit_and_wait_timeout)$";
identifier W2 =~ "^once_(peek|wait|wait_for|wait_nr|wait_timeout|submit_and_wait_timeout)$";
identifier L =~ "^once_(seen|result|flags|class|is_terminal|ticket_of|user_data|extra|owner)$|_of$";
position p;
@@
  T rc = W(r, E, ...);
  ... when != \(rc < 0\|rc != 0\|rc == 0\|rc >= 0\|!rc\)
      when != W2(...)
      when != rc = X
  \(L@p(E, ...)\|L@p(E1, E)\)

@script:python@
p << failed_branch.p;
@@
tell(p, "wait-failed", "there is no token where the wait has failed")

@script:python@
p << failed_loop.p;
@@
tell(p, "wait-failed", "the loop ends where the wait has failed: there is no token")

@script:python@
p << failed_answer.p;
@@
tell(p, "wait-failed", "there is no token where the wait has failed")

@script:python@
p << unchecked.p;
@@
tell(p, "wait-failed", "on some path the wait may have failed: its answer was not compared with 0")

@script:python@
p << unchecked_init.p;
@@
tell(p, "wait-failed", "on some path the wait may have failed: its answer was not compared with 0")

@failed_test exists@
expression r, E, X;
identifier rc;
identifier W =~ "^once_(peek|wait|wait_for|wait_nr|wait_timeout|submit_and_wait_timeout)$";
type T;
position q;
statement S;
@@
(
  rc = W(r, E, ...);
|
  T rc = W(r, E, ...);
)
  ... when != rc = X
  if (\(rc < 0\|rc != 0\)) S@q

@failed_on exists@
expression failed_test.E;
statement failed_test.S;
position failed_test.q;
expression E1;
identifier W2 =~ "^once_(peek|wait|wait_for|wait_nr|wait_timeout|submit_and_wait_timeout)$";
identifier L =~ "^once_(seen|result|flags|class|is_terminal|ticket_of|user_data|extra|owner)$|_of$";
position p;
@@
  S@q
  ... when != W2(...)
  \(L@p(E, ...)\|L@p(E1, E)\)

@script:python@
p << failed_on.p;
@@
tell(p, "wait-failed", "control gets here where the wait has failed, too: there is no token")

@no_else exists@
expression r, E, E1, X;
identifier rc;
identifier W =~ "^once_(peek|wait|wait_for|wait_nr|wait_timeout|submit_and_wait_timeout)$";
identifier W2 =~ "^once_(peek|wait|wait_for|wait_nr|wait_timeout|submit_and_wait_timeout)$";
identifier L =~ "^once_(seen|result|flags|class|is_terminal|ticket_of|user_data|extra|owner)$|_of$";
type T;
statement S;
position p;
@@
(
  rc = W(r, E, ...);
|
  T rc = W(r, E, ...);
)
  ... when != rc = X
      when != \(rc < 0\|rc != 0\)
  if (rc == 0) S
  ... when != W2(...)
      when != \(rc < 0\|rc != 0\)
  \(L@p(E, ...)\|L@p(E1, E)\)

@script:python@
p << no_else.p;
@@
tell(p, "wait-failed", "control gets here where the wait has failed, too: there is no token")
