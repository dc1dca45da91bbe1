/* SPDX-License-Identifier: MIT */
/*
 * Every verb of the scenario notation, once: VERB(NAME, SIDE, TEMPLATE).
 *
 * The order is the byte code, so new verbs go to the end. TEMPLATE is how the
 * step reads: a lower-case word stands for itself, a capital letter and a digit
 * for an operand and where it lies in the step (0 reg, 1 arg, 2 arg2), and R for
 * the ring. What stands in brackets is left out where it is zero.
 *
 *	S sqe s0..s7        O operation o0..o31   K token c0..c31   D copy d0..d7
 *	F file              L length              N number 0..255   T time
 *	Y type of owner     E poll event          G SQE flag        P path
 *	U user_data         J kind of forgery     A account         X act of the kernel
 *	W raw SQE           M mistake of an open  B on, off         Q number 0..31
 *
 * SIDE says which thread does it in split mode: SUBMIT, COMPLETE; BOTH (either
 * may, or the library wants both), HERE (registers and the world only).
 */
#ifndef VERB
#error "define VERB(NAME, SIDE, TEMPLATE)"
#endif

/* --- take, prepare, arm --- */
VERB(TAKE, SUBMIT, "take S0 [on R]")
VERB(GIVE_BACK, SUBMIT, "give back S0")
VERB(PREP_NOP, SUBMIT, "prepare S0 nop")
VERB(ARM, SUBMIT, "arm S0 as O1 lending N2")
VERB(SUBMIT, SUBMIT, "submit [on R]")
VERB(WAIT, COMPLETE, "wait K0 [on R]")
VERB(PEEK, COMPLETE, "peek K0 [on R]")
VERB(LOOK, COMPLETE, "look K0")
VERB(SEE, COMPLETE, "see K0 [on R]")
VERB(REAP, COMPLETE, "reap D0 [on R]")
VERB(ARM_PLAIN, SUBMIT, "arm S0 lending N2")
VERB(ARM_SESSION, SUBMIT, "arm S0 as O1 lending session N2")
VERB(ARM_COOKIE, SUBMIT, "arm S0 as O1 lending cookie N2")
VERB(ARM_PLAIN_SESSION, SUBMIT, "arm S0 lending session N2")
VERB(ARM_PLAIN_COOKIE, SUBMIT, "arm S0 lending cookie N2")
VERB(SET_FLAG, SUBMIT, "set S0 G1")

/* --- submit --- */
VERB(SUBMIT_AND_WAIT, BOTH, "submit and wait N1 [on R]")
VERB(SUBMIT_AND_WAIT_TIMEOUT, BOTH, "submit and wait N1 at most T2 into K0 [on R]")

/* --- deliver --- */
VERB(WAIT_NR, COMPLETE, "wait K0 of N1 [on R]")
VERB(WAIT_TIMEOUT, COMPLETE, "wait K0 at most T1 [on R]")
VERB(WAIT_FOR, COMPLETE, "wait K0 of N1 at most T2 [on R]")
VERB(WAIT_FOR_MASKED, COMPLETE, "wait K0 of N1 at most T2 masked [on R]")
VERB(PEEK_BATCH, COMPLETE, "peek batch N1 into K0 [on R]")
VERB(FETCH, COMPLETE, "fetch [on R]")

/* --- look --- */
VERB(RESULT, COMPLETE, "result K0")
VERB(FLAGS, COMPLETE, "flags K0")
VERB(CLASS, COMPLETE, "class K0")
VERB(TERMINAL, COMPLETE, "terminal K0")
VERB(HELD, COMPLETE, "held K0")
VERB(OWNER, COMPLETE, "owner K0 as Y1")
VERB(TICKET_OF, COMPLETE, "ticket K0 as O1")
VERB(USER_DATA, COMPLETE, "user_data K0")
VERB(EXTRA, COMPLETE, "extra K0")
VERB(STATE, BOTH, "state O0 [on R]")

/* --- see --- */
VERB(SEE_BATCH, COMPLETE, "see batch N1 from K0 [on R]")
VERB(REAP_BATCH, COMPLETE, "reap batch N1 into D0 [on R]")
VERB(REAP_WAIT, COMPLETE, "reap D0 at most T1 [on R]")
VERB(COPY_OWNER, HERE, "owner D0 as Y1")
VERB(COPY_TERMINAL, HERE, "terminal D0")
VERB(DISCARD, COMPLETE, "discard [on R]")

/* --- open, close --- */
VERB(OPEN, BOTH, "open [M1] [on R]")
VERB(CLOSE, BOTH, "close [on R]")
VERB(ABANDON, BOTH, "abandon [on R]")
VERB(DRAIN, BOTH, "drain T1 [on R]")
VERB(SURVIVORS, BOTH, "survivors [on R]")
VERB(HAND_OVER, BOTH, "hand over [on R]")
VERB(DESCRIPTOR, BOTH, "descriptor [on R]")
VERB(ACCOUNT, BOTH, "account A1 [on R]")

/* --- eventfd --- */
VERB(REGISTER, BOTH, "register F1 [on R]")
VERB(REGISTER_ASYNC, BOTH, "register F1 async [on R]")
VERB(UNREGISTER, BOTH, "unregister [on R]")
VERB(TOGGLE, BOTH, "switch eventfd B1 [on R]")
VERB(ENABLED, BOTH, "eventfd enabled [on R]")

/* --- prepare: files --- */
VERB(PREP_READ, SUBMIT, "prepare S0 read F1 L2")
VERB(PREP_WRITE, SUBMIT, "prepare S0 write F1 L2")
VERB(PREP_READV, SUBMIT, "prepare S0 readv F1 L2")
VERB(PREP_WRITEV, SUBMIT, "prepare S0 writev F1 L2")
VERB(PREP_READ_FIXED, SUBMIT, "prepare S0 read_fixed F1 L2")
VERB(PREP_WRITE_FIXED, SUBMIT, "prepare S0 write_fixed F1 L2")
VERB(PREP_FSYNC, SUBMIT, "prepare S0 fsync F1")
VERB(PREP_OPENAT, SUBMIT, "prepare S0 openat P1")
VERB(PREP_CLOSE, SUBMIT, "prepare S0 close F1")
VERB(PREP_STATX, SUBMIT, "prepare S0 statx P1")
VERB(PREP_SPLICE, SUBMIT, "prepare S0 splice F1 to F2")
/* --- prepare: readiness --- */
VERB(PREP_POLL, SUBMIT, "prepare S0 poll F1 E2")
VERB(PREP_POLL_MULTISHOT, SUBMIT, "prepare S0 poll_multishot F1 E2")
VERB(PREP_POLL_REMOVE, SUBMIT, "prepare S0 poll_remove O1")
/* --- prepare: sockets --- */
VERB(PREP_ACCEPT, SUBMIT, "prepare S0 accept F1")
VERB(PREP_ACCEPT_MULTISHOT, SUBMIT, "prepare S0 accept_multishot F1")
VERB(PREP_CONNECT, SUBMIT, "prepare S0 connect F1")
VERB(PREP_SEND, SUBMIT, "prepare S0 send F1 L2")
VERB(PREP_RECV, SUBMIT, "prepare S0 recv F1 L2")
VERB(PREP_RECV_MULTISHOT, SUBMIT, "prepare S0 recv_multishot F1 [group L2]")
VERB(PREP_SENDMSG, SUBMIT, "prepare S0 sendmsg F1 L2")
VERB(PREP_RECVMSG, SUBMIT, "prepare S0 recvmsg F1 L2")
VERB(PREP_SEND_ZC, SUBMIT, "prepare S0 send_zc F1 L2")
VERB(PREP_SHUTDOWN, SUBMIT, "prepare S0 shutdown F1")
/* --- prepare: time, cancel, the rest --- */
VERB(PREP_TIMEOUT, SUBMIT, "prepare S0 timeout T1 [after N2]")
VERB(PREP_TIMEOUT_REMOVE, SUBMIT, "prepare S0 timeout_remove O1")
VERB(PREP_LINK_TIMEOUT, SUBMIT, "prepare S0 link_timeout T1")
VERB(PREP_CANCEL, SUBMIT, "prepare S0 cancel O1")
VERB(PREP_RAW, SUBMIT, "prepare S0 raw W1")
VERB(PREP_PROVIDE, SUBMIT, "prepare S0 provide_buffers N1")
VERB(PREP_MESSAGE, SUBMIT, "prepare S0 message U1 result N2 [to R]")
VERB(PREP_MESSAGE_OF, SUBMIT, "prepare S0 message O1 result N2 [to R]")

/* --- misuse: registers --- */
VERB(COPY_SQE, HERE, "copy S0 to S1")
VERB(COPY_OP, HERE, "copy O0 to O1")
VERB(COPY_TOKEN, HERE, "copy K0 to K1")
VERB(FORGE_SQE, HERE, "forge S0 J1")
VERB(FORGE_OP, HERE, "forge O0 J1")
VERB(FORGE_TOKEN, HERE, "forge K0 J1")
VERB(ELSEWHERE, HERE, "in another thread")

/* --- the world --- */
VERB(PUT, HERE, "put L1 into F0")
VERB(GET, HERE, "get L1 from F0")
VERB(CONNECT, HERE, "connect")
VERB(SHUT, HERE, "shut F0")
VERB(PAUSE, HERE, "pause T1")
VERB(KERNEL, HERE, "kernel X1 [N2] [on R]")

#undef VERB
