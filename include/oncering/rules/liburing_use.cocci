// SPDX-License-Identifier: MIT
//
// Completion mistakes in a program that uses raw liburing, for Coccinelle:
//
//   spatch --very-quiet --sp-file liburing_use.cocci FILE...
//
// What is done with a CQE that must not be, and answers that are ignored;
// liburing_lost.cocci has what is never done.
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

// ---- ignored

@ignored@
identifier f =~ "^io_uring_(queue_init|queue_init_params|submit|submit_and_wait|peek_cqe|wait_cqe|wait_cqes|wait_cqe_nr|wait_cqe_timeout|submit_and_wait_timeout|peek_batch_cqe)$";
position p;
@@
  f@p(...);

@script:python@
p << ignored.p;
f << ignored.f;
@@
tell(p, "ignored", "the answer of %s() is ignored" % f)

// ---- seen twice

@in_for_each@
iterator name io_uring_for_each_cqe;
expression r, r2, head;
identifier c;
position p;
@@
  io_uring_for_each_cqe(r, head, c) { <... io_uring_cqe_seen@p(r2, c) ...> }

@seen_twice exists@
expression r, r2, X;
identifier c;
identifier W =~ "^io_uring_(peek_cqe|wait_cqe|wait_cqes|wait_cqe_nr|wait_cqe_timeout|submit_and_wait_timeout)$";
position q != in_for_each.p, p;
@@
  io_uring_cqe_seen@q(r, c)
  ... when != W(r, &c, ...)
      when != c = X
  io_uring_cqe_seen@p(r2, c)

@script:python@
p << seen_twice.p;
@@
tell(p, "seen-twice", "this CQE was seen before, on some path: the head moves over one that nobody has looked at")

@seen_and_advanced exists@
iterator name io_uring_for_each_cqe;
expression r, r2, head;
identifier c;
statement S;
position p, q;
@@
  io_uring_for_each_cqe(r, head, c) S@q
  ... when != io_uring_submit(...)
  io_uring_cq_advance@p(r2, ...)

@seen_inside@
iterator name io_uring_for_each_cqe;
expression seen_and_advanced.r, r2, head;
identifier seen_and_advanced.c;
@@
  io_uring_for_each_cqe(r, head, c) { <+... io_uring_cqe_seen(r2, c) ...+> }

@script:python depends on seen_inside@
p << seen_and_advanced.p;
@@
tell(p, "seen-twice", "the loop has seen these CQEs one by one")

// ---- used after seen

@used_after_seen exists@
expression r, X;
identifier c, m;
identifier W =~ "^io_uring_(peek_cqe|wait_cqe|wait_cqes|wait_cqe_nr|wait_cqe_timeout|submit_and_wait_timeout)$";
position q != in_for_each.p, p;
@@
(
  io_uring_cqe_seen@q(r, c)
|
  io_uring_cq_advance(r, ...)
)
  ... when != W(r, &c, ...)
      when != c = X
      when != io_uring_peek_batch_cqe(...)
(
  c@p->m
|
  io_uring_cqe_get_data@p(c)
|
  io_uring_cqe_get_data64@p(c)
)

@cqe@
struct io_uring_cqe *c;
position used_after_seen.p;
@@
(
  c@p
|
  io_uring_cqe_get_data@p(c)
|
  io_uring_cqe_get_data64@p(c)
)

@script:python depends on cqe@
p << used_after_seen.p;
@@
tell(p, "used-after-seen", "the CQE was seen before, on some path: the kernel may have written another one there")

// ---- used although the wait failed

@unchecked exists@
expression r, r2, X, rc;
identifier c, m;
identifier W =~ "^io_uring_(peek_cqe|wait_cqe|wait_cqes|wait_cqe_nr|wait_cqe_timeout|submit_and_wait_timeout)$";
identifier W2 =~ "^io_uring_(peek_cqe|wait_cqe|wait_cqes|wait_cqe_nr|wait_cqe_timeout|submit_and_wait_timeout)$";
position p;
@@
  rc = W(r, &c, ...);
  ... when != \(rc < 0\|rc != 0\|rc == 0\|rc >= 0\|!rc\)
      when != rc = X
      when != W2(r, &c, ...)
(
  c@p->m
|
  io_uring_cqe_get_data@p(c)
|
  io_uring_cqe_get_data64@p(c)
|
  io_uring_cqe_seen@p(r2, c)
)

@unchecked_init exists@
expression r, r2, X;
identifier c, m, rc;
type T;
identifier W =~ "^io_uring_(peek_cqe|wait_cqe|wait_cqes|wait_cqe_nr|wait_cqe_timeout|submit_and_wait_timeout)$";
identifier W2 =~ "^io_uring_(peek_cqe|wait_cqe|wait_cqes|wait_cqe_nr|wait_cqe_timeout|submit_and_wait_timeout)$";
position p;
@@
  T rc = W(r, &c, ...);
  ... when != \(rc < 0\|rc != 0\|rc == 0\|rc >= 0\|!rc\)
      when != rc = X
      when != W2(r, &c, ...)
(
  c@p->m
|
  io_uring_cqe_get_data@p(c)
|
  io_uring_cqe_get_data64@p(c)
|
  io_uring_cqe_seen@p(r2, c)
)

@failed_branch exists@
expression r, r2;
identifier c, m;
identifier W =~ "^io_uring_(peek_cqe|wait_cqe|wait_cqes|wait_cqe_nr|wait_cqe_timeout|submit_and_wait_timeout)$";
position p;
@@
(
  if (\(W(r, &c, ...) < 0\|W(r, &c, ...) != 0\)) { <+... \(c@p->m\|io_uring_cqe_get_data@p(c)\|io_uring_cqe_get_data64@p(c)\|io_uring_cqe_seen@p(r2, c)\) ...+> }
|
  if (W(r, &c, ...)) { <+... \(c@p->m\|io_uring_cqe_get_data@p(c)\|io_uring_cqe_get_data64@p(c)\|io_uring_cqe_seen@p(r2, c)\) ...+> }
)

@failed_test exists@
expression r, X;
identifier c, rc;
identifier W =~ "^io_uring_(peek_cqe|wait_cqe|wait_cqes|wait_cqe_nr|wait_cqe_timeout|submit_and_wait_timeout)$";
type T;
statement S;
position q;
@@
(
  rc = W(r, &c, ...);
|
  T rc = W(r, &c, ...);
)
  ... when != rc = X
  if (\(rc < 0\|rc != 0\)) S@q

@failed_on exists@
identifier failed_test.c;
statement failed_test.S;
position failed_test.q;
expression r, r2;
identifier m;
identifier W =~ "^io_uring_(peek_cqe|wait_cqe|wait_cqes|wait_cqe_nr|wait_cqe_timeout|submit_and_wait_timeout)$";
position p;
@@
  S@q
  ... when != W(r, &c, ...)
(
  c@p->m
|
  io_uring_cqe_get_data@p(c)
|
  io_uring_cqe_get_data64@p(c)
|
  io_uring_cqe_seen@p(r2, c)
)

@script:python@
p << unchecked.p;
@@
tell(p, "wait-failed", "on some path the wait may have failed: its answer was not compared with 0")

@script:python@
p << unchecked_init.p;
@@
tell(p, "wait-failed", "on some path the wait may have failed: its answer was not compared with 0")

@script:python@
p << failed_branch.p;
@@
tell(p, "wait-failed", "there is no CQE where the wait has failed")

@script:python@
p << failed_on.p;
@@
tell(p, "wait-failed", "there is no CQE where the wait has failed")
