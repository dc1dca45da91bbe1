/* SPDX-License-Identifier: MIT */
/*
 * Every check of the fuzzer, once: CHECK(NAME, "id", "what it says"). The id is
 * what a finding is filed under; replay --checks lists how often each was made.
 */
#ifndef CHECK
#error "define CHECK(NAME, ID, TEXT)"
#endif

/* --- the library against the model --- */
CHECK(OPEN, "open", "a ring opens if and only if its configuration is good")
CHECK(CODE, "code", "each call answers what the model allows")
CHECK(MODEL, "model", "what came can have come: identity, owner, flags, order, states")
CHECK(REPORT, "report", "a violation is reported for each refusal, and for nothing else")
CHECK(ACCOUNT, "account", "every account is the model's, the head included")
CHECK(TOKEN, "token", "a token that was handed out answers every question")
CHECK(LOOK, "look", "a held token says what was delivered, a spent one nothing")
CHECK(HELD, "held", "every token register is held or not, as the model says")
CHECK(STATE, "state", "each operation is in the state of the model")
CHECK(COPY, "copy", "a reaped copy says what was delivered")
CHECK(SURVIVORS, "survivors", "the survivors are the operations that live")
CHECK(COUNT, "count", "a batch has as many as there are")
/* --- the library against what the kernel sees --- */
CHECK(CQE, "cqe", "a completion says what the kernel wrote")
CHECK(HEAD, "head", "the kernel's head passes nothing that is not seen")
CHECK(FREED, "freed", "seen places are given back before the ring is said to be empty")
CHECK(READY, "ready", "nothing in the CQ is lost: ready is what the kernel posted, less what was delivered")
CHECK(EMPTY, "empty", "a ring that says it is empty has no CQE, no backlog, no deferred work")
CHECK(SQE, "sqe", "an armed SQE is what liburing would have prepared, with the operation's identity")
CHECK(SQ_TAIL, "sq-tail", "the kernel is shown the SQEs that were submitted, and no more")
CHECK(GENERATION, "generation", "a slot's generations only go up")
/* --- waits and wake-ups --- */
CHECK(WAIT, "wait", "no wait goes on while what it waits for is there, or comes by itself")
CHECK(DRAIN, "drain", "a drain ends all that can be cancelled")
CHECK(EVENTFD, "eventfd", "an eventfd that is registered while CQEs wait is signalled")
/* --- the world --- */
CHECK(BYTES, "bytes", "bytes into a pipe are bytes out of it, and what is left")
CHECK(BUFFER, "buffer", "no buffer is written to after it came back")
CHECK(FD, "fd", "no descriptor is left over")
CHECK(GIVE_BACK, "give-back", "what was taken and not armed can be given back at the end")
CHECK(SEEN, "seen", "what was held at the end can be seen")
CHECK(SETTLED, "settled", "at the end all accounts are zero, and capacity is conserved")
CHECK(HIDDEN, "hidden", "a ring that is closed with nothing under way, as it says, has nothing in the kernel")
CHECK(QUIET, "quiet", "cleaning up commits no violation")

#undef CHECK
