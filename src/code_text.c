/* SPDX-License-Identifier: MIT */
/*
 * One row for each refusal: what happened and what to do; then what raw
 * liburing does in its place, with a public thread where somebody paid for it.
 */
#include <oncering/code.h>

#include "code_text.h"

#define ROW(code_, what_, raw_) { code_, #code_, what_, raw_ }

const struct once_code_text once_code_texts[ONCE_CODES] = {
	/* --- open, close --- */
	ROW(ONCE_ALREADY_OPEN,
	    "The ring is open already; close it first, or open another struct once_ring.",
	    "io_uring_queue_init() overwrites the struct: the first ring's descriptor and mappings "
	    "leak, and its operations go on writing into buffers that nobody watches."),
	ROW(ONCE_NOT_OPEN,
	    "The ring is closed or was never opened; nothing can be done with it but open it.",
	    "It follows the pointers that io_uring_queue_exit() left behind, into memory that is "
	    "unmapped or already somebody else's."),
	ROW(ONCE_BAD_FLAG,
	    "A setup flag or option was asked for that cannot be honoured; the violation's \"found\" "
	    "is the bit (once_setup_flag_name()): open without it.",
	    "The ring opens, and CQEs mean something else than the code expects: with IOPOLL nobody "
	    "is woken, with CQE_MIXED one CQE may fill two slots or none, which "
	    "io_uring_peek_batch_cqe() got wrong until 2.15."),
	ROW(ONCE_BAD_SIZE,
	    "entries, cq_entries, capacity or generations_used is out of range, or capacity and the "
	    "library's own places exceed the CQ; ask for less, or for a larger CQ.",
	    "More operations live than the CQ has places for: it overflows, submit fails with -EBUSY, "
	    "and completions wait in a backlog that io_uring_cq_ready() does not count (libuv #4598)."),
	ROW(ONCE_BAD_MEMORY,
	    "An array in config.memory is missing or shorter than the kernel's rings; declare the "
	    "memory with ONCE_MEMORY() for the same sizes.",
	    ""),
	ROW(ONCE_OLD_KERNEL,
	    "The kernel lacks a feature without which completions can be lost "
	    "(IORING_FEAT_NODROP, Linux 5.5); use a newer kernel.",
	    "The ring opens; when its CQ is full the kernel drops the CQE, and the operation never "
	    "ends for the program that waits for it."),
	ROW(ONCE_STILL_TAKEN,
	    "SQEs are taken and not armed; arm each, or give it back with once_give_back().",
	    "io_uring_queue_exit() forgets them without a word; had anything been submitted before, "
	    "they would have run with what their slots held (axboe/liburing #188)."),
	ROW(ONCE_STILL_LIVE,
	    "Operations are armed or in flight, so their buffers are the kernel's; call once_drain(), "
	    "or once_abandon() and never free the buffers.",
	    "io_uring_queue_exit() returns while the kernel cancels in the background: requests write "
	    "into buffers that the program has freed (axboe/liburing #329, cloud-hypervisor #8408)."),
	ROW(ONCE_STILL_HELD,
	    "Tokens are held; see each of them first. once_held() tells how many there are.",
	    "Whoever still holds a CQE pointer reads unmapped memory after io_uring_queue_exit(); on an "
	    "open ring the CQE that nobody marked comes again and again (axboe/liburing #62, #519)."),
	ROW(ONCE_STILL_RESERVED,
	    "The CQE of a timed wait's own timeout is still to come; deliver, wait or drain, which "
	    "consume it.",
	    "The timeout outlives its wait, and its CQE with user_data -1 turns up among the "
	    "program's own later (axboe/liburing #53)."),
	ROW(ONCE_STILL_READY,
	    "CQEs are posted and not delivered; deliver and see them, or once_discard() them.",
	    "io_uring_queue_exit() throws them away: results are lost, accepted and opened "
	    "descriptors leak, and their owners are never freed."),
	ROW(ONCE_DEADLINE,
	    "Operations survived the deadline of the drain, so their buffers are still the kernel's; "
	    "drain again, or abandon the ring and never free them.",
	    "io_uring_queue_exit() neither waits nor says which operations survive it; freeing their "
	    "buffers lets the kernel write into freed memory (commonware #3287, compio #943)."),
	ROW(ONCE_WRONG_THREAD,
	    "This side of the ring belongs to another thread; do it there, or let go of the ring there "
	    "with once_hand_over().",
	    "Two threads move one head or one tail without a lock: completions are lost or handled "
	    "twice (axboe/liburing #562, #604, #784)."),

	/* --- take, prepare, arm --- */
	ROW(ONCE_NO_SLOT,
	    "Every slot has a live operation (armed, in flight, or with a token not seen); deliver and "
	    "see some, then take again.",
	    "io_uring_get_sqe() goes on while the SQ has room, until the CQ overflows: submit fails "
	    "with -EBUSY, and io_uring_for_each_cqe() misses the backlog (libuv #4598, tokio-uring "
	    "#147)."),
	ROW(ONCE_WORN_OUT,
	    "All identities are used up, 2^40 a slot; close the ring and open it again.",
	    "There are no generations: ids that a program counts up by itself reach 2^64-1, which "
	    "liburing takes for its own timeout, and the wait hangs (axboe/liburing #224)."),
	ROW(ONCE_NOT_TAKEN,
	    "This SQE was armed or given back before; take a new one for each operation.",
	    "The pointer still points into the SQ: writing there changes a request that is queued or "
	    "being read, or the next one in that slot (axboe/liburing #207, #514)."),
	ROW(ONCE_NOT_PREPARED,
	    "No once_prep_*() call has filled this SQE since it was taken; it was given back. Take, "
	    "prepare, then arm.",
	    "The slot is submitted as its last user left it: the old opcode runs again and completes "
	    "with the old user_data (axboe/liburing #188)."),
	ROW(ONCE_BAD_ARGUMENT,
	    "A preparation got a value that the SQE has no room for, or the owner that was lent has no "
	    "type; the SQE was given back. Split the transfer, or correct the value.",
	    "The value is cut to the width of its field: 4 GiB + 1 bytes become 1 byte, registered "
	    "buffer 65536 becomes buffer 0."),
	ROW(ONCE_USER_DATA,
	    "user_data of the raw SQE was set, but it is the ring's; the SQE was given back. Leave "
	    "user_data alone and lend an owner or a cookie with once_arm().",
	    "Whatever stands there comes back as it is: a stale pointer to be dereferenced, or "
	    "LIBURING_UDATA_TIMEOUT, which is swallowed or hangs the wait (axboe/liburing #224, #848)."),
	ROW(ONCE_SKIP_SUCCESS,
	    "IOSQE_CQE_SKIP_SUCCESS leaves an operation without an end; the SQE was given back. Prepare "
	    "it without that flag.",
	    "A success posts no CQE: nothing tells when the buffer is free again, and the eventfd stays "
	    "silent (axboe/liburing #851)."),
	ROW(ONCE_REWRITES_ID,
	    "The SQE would change the user_data of another operation; it was given back. Remove that "
	    "poll and arm a new one.",
	    "IORING_POLL_UPDATE_USER_DATA renames an operation in flight: its completion goes to "
	    "another owner, and the first one is never freed."),
	ROW(ONCE_NO_CREDIT,
	    "No CQ places are left for an operation with more than one CQE; it was given back. See "
	    "completions or end such an operation, then try again; or open with a larger CQ.",
	    "It is submitted all the same; when the CQ overflows the kernel ends the multishot without "
	    "IORING_CQE_F_MORE, and who does not look stays deaf for ever (ClickHouse/silk #80)."),
	ROW(ONCE_STALE_TICKET,
	    "The operation that this ticket names has ended; there is nothing to cancel, and the SQE "
	    "was given back.",
	    "The kernel matches by user_data: the cancellation hits whichever operation reuses the "
	    "value now (mitchellh/libxev #233)."),

	/* --- submit, wait, peek --- */
	ROW(ONCE_NOT_ARMED,
	    "An SQE is taken and not armed; arm it, or give it back, then submit. Nothing was "
	    "submitted.",
	    "io_uring_submit() sends the half-made SQE: it completes with the user_data that its slot "
	    "had before, a pointer freed long ago (axboe/liburing #690, #848)."),
	ROW(ONCE_WOULD_HANG,
	    "Fewer CQEs can come than this call waits for; submit something first, wait for fewer, or "
	    "open with ONCE_EXPECT_FOREIGN if others post here.",
	    "io_uring_wait_cqe() sleeps for ever (axboe/liburing #11)."),
	ROW(ONCE_ALL_HELD,
	    "Tokens that are held leave too little room in the CQ for what this call is to deliver; see "
	    "some of them first.",
	    "It hands out the same first CQE again and again, while new ones overflow and submit fails "
	    "with -EBUSY (axboe/liburing #62, #521)."),
	ROW(ONCE_SPLIT_TIMER,
	    "Without IORING_FEAT_EXT_ARG a timed wait needs an SQE, and in split mode the SQ is the "
	    "other thread's; wait untimed, and let that thread arm a timeout.",
	    "io_uring_wait_cqe_timeout() writes an SQE from the completing thread while the other one "
	    "fills the SQ: one of the two overwrites the other (axboe/liburing #784)."),
	ROW(ONCE_TIMERS_OUT,
	    "The timeouts of two earlier timed waits are still to complete; deliver, or wait untimed, "
	    "then wait timed again.",
	    "Each timed wait leaves one more timeout behind; their CQEs with user_data -1 pile up, and "
	    "io_uring_cq_ready() and later submits count them (axboe/liburing #53, #411)."),
	ROW(ONCE_STRAY_CQE,
	    "A CQE bears an identity of this ring that is not in flight; somebody posted it twice or "
	    "forged it. It is delivered as foreign, and no owner was touched.",
	    "io_uring_cqe_get_data() hands out the old pointer: memory that is freed, or another "
	    "operation's by now (axboe/liburing #1246, #794)."),
	ROW(ONCE_CORRUPT_CQ,
	    "The CQ tail is where no kernel puts it: somebody wrote into the ring's memory or used its "
	    "descriptor. Nothing was delivered; abandon the ring.",
	    "io_uring_cq_ready() counts thousands of millions, and io_uring_peek_cqe() hands out old "
	    "CQEs as new ones (axboe/liburing #331)."),

	/* --- tokens --- */
	ROW(ONCE_SEEN_TWICE,
	    "This token, or a copy of it, was seen before; see each completion once.",
	    "io_uring_cqe_seen() moves the head once more: a completion is lost, or the head runs past "
	    "the tail and stale CQEs come back (axboe/liburing #331)."),
	ROW(ONCE_NOT_ISSUED,
	    "This ring never delivered that token in its present life; see only what a call that "
	    "returned 0 has filled.",
	    "io_uring_cqe_seen() never looks at the CQE, it moves the head by one: a completion that "
	    "nobody read is gone (axboe/liburing #331, ii64/gouring #12)."),
	ROW(ONCE_OTHER_RING,
	    "The token, SQE or ticket belongs to another ring; use it with the ring it came from.",
	    "The other ring's head moves: there a completion is lost, and here the same one comes "
	    "again."),
	ROW(ONCE_SPENT,
	    "The token was seen, and with that its completion was given up; read result, flags and "
	    "owner before once_seen().",
	    "It reads a CQ slot that the kernel may have filled anew: another operation's result, as in "
	    "PostgreSQL 18's io_uring method and pgagroal #678."),
	ROW(ONCE_WRONG_TYPE,
	    "The owner was lent as another type; read it with the accessor of that type.",
	    "io_uring_cqe_get_data() gives a void pointer, which is cast to the wrong struct: one part "
	    "of a program reads another part's requests (RocksDB #8894, #11242)."),
	ROW(ONCE_FOREIGN,
	    "No operation of this ring posted that CQE (MSG_RING, a resource tag), so it has no owner; "
	    "ask once_class() first, and read once_user_data().",
	    "Its user_data, whatever the sender chose, is cast to a pointer and dereferenced "
	    "(axboe/liburing #794, libxev #31)."),
	ROW(ONCE_NOT_CQE32,
	    "The CQEs of this ring have no extra words; open it with IORING_SETUP_CQE32.",
	    "cqe->big_cqe[] lies behind the CQE: it reads the next completion, or beyond the end of "
	    "the queue.")
};
