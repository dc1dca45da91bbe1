/* SPDX-License-Identifier: MIT */
/*
 * Split mode: the hand-over between the thread that submits and the one that
 * completes, with the kernel between them. Checked over every interleaving for
 * SLOTS slots and OPS operations; each slot is used several times, and the ring
 * of returned slots goes round.
 *
 * Memory order: every shared place has a history, and each thread remembers how
 * much of it it must have seen. A relaxed load may give any value that is not
 * older; an acquire load of what a release store wrote takes over what the
 * storing thread had seen. Places that are not atomic in C must never be
 * touched by a thread that has not seen the last access: else it is a data race.
 * The kernel hands on what the submitting thread had seen when it raised the SQ
 * tail (its own acquire and release of the ring's counters); so src/port.h says.
 *
 * Transitions bear the names of the C functions. A macro of the list at the end
 * makes one mistake; proofs/split.sh requires that each is found.
 */
#ifndef SLOTS
#define SLOTS 2
#endif
#ifndef OPS
#define OPS 3
#endif
#define CREDIT_PLACES 1
#ifdef FORGED
#define CQES (OPS + 1)
#else
#define CQES OPS
#endif

/* Places: atomic ones with a history, then plain ones. */
#define ID(slot) (slot)
#define LIFE(slot) (SLOTS + (slot))
#define SUBMITTED (2 * SLOTS)
#define FREED (2 * SLOTS + 1)
#define CREDIT_RETURNED (2 * SLOTS + 2)
#define CREDIT_TAKEN (2 * SLOTS + 3)
#define ATOMICS (2 * SLOTS + 4)
#define RETURNED(index) (ATOMICS + (index))
#define LENT(slot) (ATOMICS + SLOTS + (slot))
#define CREDITS(slot) (ATOMICS + 2 * SLOTS + (slot))
#define PLACES (ATOMICS + 3 * SLOTS)
#define HISTORY (4 * OPS + 1)

/* Values of life, above every SQ position; and of id: 2 * generation, + 1 at rest. */
#define LIFE_FREE 250
#define LIFE_TAKEN 251
#define LIFE_ENDED 252

#define SUBMITTER 0
#define COMPLETER 1

typedef views { byte seen[PLACES] }
typedef past { byte value[HISTORY] }
typedef messages { views by[OPS + 2] }

past history[ATOMICS];
byte last[PLACES];            /* of each place: its newest value or access */
byte plain[PLACES];
views view[2];
messages released[4];         /* what came with each store of SUBMITTED .. CREDIT_TAKEN */
views kernel[OPS];            /* what came with each SQE */

/* The kernel's: what it may read, what it has posted. */
byte sq_tail, posted, cq_head;
byte sqe_slot[OPS], sqe_generation[OPS];
bool completed[OPS];
byte cqe_slot[CQES], cqe_generation[CQES], cqe_from[CQES];
bool forged;

byte owner_of[OPS];           /* who was lent at each SQ position; for the assertions */
byte credit_taken, credit_returned;
bool submitter_done;

#define NOT_FROM_SQ 255

inline store(who, place, number, carried)
{
	d_step {
		assert(view[who].seen[place] == last[place]); /* one writer at a time */
		last[place]++;
		history[place].value[last[place]] = number;
		view[who].seen[place] = last[place];
		if
		:: carried ->
			i = 0;
			do
			:: i < PLACES -> released[place - SUBMITTED].by[last[place]].seen[i] = view[who].seen[i]; i++
			:: else -> break
			od
		:: else
		fi;
		i = 0; now = 0
	}
}
#define store_relaxed(who, place, number) store(who, place, number, false)
#define store_release(who, place, number) store(who, place, number, true)

inline join(who, other)
{
	d_step {
		i = 0;
		do
		:: i < PLACES ->
			if
			:: other.seen[i] > view[who].seen[i] -> view[who].seen[i] = other.seen[i]
			:: else
			fi;
			i++
		:: else -> break
		od;
		i = 0
	}
}

inline load_relaxed(who, place, into)
{
	atomic {
		now = view[who].seen[place];
		do
		:: now < last[place] -> now++
		:: break
		od;
		view[who].seen[place] = now;
		into = history[place].value[now];
		now = 0
	}
}

inline load_acquire(who, place, into)
{
	atomic {
		load_relaxed(who, place, into);
		join(who, released[place - SUBMITTED].by[view[who].seen[place]])
	}
}

/* A plain access. A read counts like a write: a later write must know of it. */
inline touch(who, place)
{
	assert(view[who].seen[place] == last[place]); /* else: a data race */
	last[place]++;
	view[who].seen[place] = last[place]
}
inline read_plain(who, place, into) { d_step { touch(who, place); into = plain[place] } }
inline write_plain(who, place, number) { d_step { touch(who, place); plain[place] = number } }

/* --- the submitting thread --- */

byte stack[SLOTS], free, collected, collect_index, armed, submitted;

inline collect()
{
#ifdef COLLECT_RELAXED
	load_relaxed(SUBMITTER, FREED, freed);
#else
	load_acquire(SUBMITTER, FREED, freed);
#endif
#ifdef COLLECT_BLINDLY
	freed = armed;
#endif
	do
	:: collected != freed ->
		read_plain(SUBMITTER, RETURNED(collect_index), slot);
		d_step {
			assert(free < SLOTS);
			stack[free] = slot;
			free++;
			collected++;
			collect_index = (collect_index + 1) % SLOTS;
			slot = 0
		}
	:: else -> break
	od;
	freed = 0
}

inline once_take()
{
	free--;
	slot = stack[free];
	store_relaxed(SUBMITTER, LIFE(slot), LIFE_TAKEN);
	/* op->id is read plainly: it must be the newest, and at rest */
	assert(view[SUBMITTER].seen[ID(slot)] == last[ID(slot)]);
	id = history[ID(slot)].value[last[ID(slot)]];
	assert(id % 2 == 1)
}

inline lend_credit()
{
	load_acquire(SUBMITTER, CREDIT_RETURNED, back);
	assert(credit_taken - back <= CREDIT_PLACES);
	if
	:: credit_taken - back < CREDIT_PLACES ->
		write_plain(SUBMITTER, CREDITS(slot), 1);
#ifndef CREDIT_AFTER_SUBMIT
		store_relaxed(SUBMITTER, CREDIT_TAKEN, credit_taken + 1);
#endif
		credit_taken++
	:: else /* ONCE_NO_CREDIT: here the operation goes on as a plain one */
	fi;
	back = 0
}

inline once_arm()
{
	store_relaxed(SUBMITTER, ID(slot), id - 1);
	store_relaxed(SUBMITTER, LIFE(slot), armed);
#ifndef LENT_AFTER_SUBMIT
	write_plain(SUBMITTER, LENT(slot), armed + 1);
#endif
	d_step {
		owner_of[armed] = armed + 1;
		sqe_slot[armed] = slot;
		sqe_generation[armed] = id / 2;
		armed++
	}
}

inline show_kernel()
{
	d_step {
		do
		:: sq_tail < armed ->
			i = 0;
			do
			:: i < PLACES -> kernel[sq_tail].seen[i] = view[SUBMITTER].seen[i]; i++
			:: else -> break
			od;
			sq_tail++
		:: else -> break
		od;
		i = 0
	}
}

inline once_flush()
{
#ifdef SUBMITTED_AFTER_TAIL
	show_kernel();
	store_release(SUBMITTER, SUBMITTED, armed);
#else
	store_release(SUBMITTER, SUBMITTED, armed);
	show_kernel();
#endif
#ifdef LENT_AFTER_SUBMIT
	write_plain(SUBMITTER, LENT(slot), armed);
#endif
#ifdef CREDIT_AFTER_SUBMIT
	store_relaxed(SUBMITTER, CREDIT_TAKEN, credit_taken);
#endif
	submitted = armed
}

proctype submitting()
{
	byte slot, id, freed, back, i, now;

	do
	:: armed < OPS && free > 0 ->
		once_take();
		if
		:: lend_credit()
		:: skip
		fi;
		once_arm();
		id = 0;
		if
#if !defined(LENT_AFTER_SUBMIT) && !defined(CREDIT_AFTER_SUBMIT)
		:: skip /* submit later, with others */
#endif
		:: once_flush()
		fi;
		slot = 0
	:: free == 0 || armed == OPS ->
		if
		:: submitted != armed -> once_flush()
		:: else
		fi;
		if
		:: collected == OPS -> break
		:: else
		fi;
		last[FREED] > view[SUBMITTER].seen[FREED]; /* wait for news */
		collect()
	od;
	/* every slot came back, none of them twice, and so did all credit */
	assert(free == SLOTS);
	slot = 1;
	do
	:: slot < SLOTS -> assert(stack[slot] != stack[0]); slot++
	:: else -> break
	od;
	load_acquire(SUBMITTER, CREDIT_RETURNED, back);
	assert(credit_returned == credit_taken);
	submitter_done = true
}

/* --- the kernel: completes what was submitted, in any order --- */

proctype the_kernel()
{
	byte which;

end:	do
	:: atomic {
		posted < CQES && sq_tail > 0 ->
			which = 0;
			do
			:: which + 1 < sq_tail -> which++
			:: break
			od;
			if
			:: !completed[which] ->
#ifndef FORGED
				assert(posted - cq_head < SLOTS); /* no overflow */
#endif
				completed[which] = true;
				cqe_slot[posted] = sqe_slot[which];
				cqe_generation[posted] = sqe_generation[which];
				cqe_from[posted] = which;
				posted++
			:: else
			fi;
			which = 0
	}
#ifdef FORGED
	/* another ring's message names the next operation of a slot, whether there is one or not */
	:: atomic {
		!forged && posted < CQES ->
			forged = true;
			if
			:: cqe_slot[posted] = 0
			:: cqe_slot[posted] = SLOTS - 1
			fi;
			cqe_generation[posted] = 1;
			cqe_from[posted] = NOT_FROM_SQ;
			posted++
	}
#endif
	od
}

/* --- the completing thread --- */

#define NO_INDEX 255
byte delivered, passed, return_index, freed_total;
byte hold_slot[CQES], hold_lent[CQES];
bool is_held[CQES], is_seen[CQES];

inline slot_in_flight()
{
	in_flight = NO_INDEX;
#ifdef SUBMITTED_RELAXED
	load_relaxed(COMPLETER, SUBMITTED, edge);
#else
	load_acquire(COMPLETER, SUBMITTED, edge);
#endif
	load_relaxed(COMPLETER, ID(cqe_slot[delivered]), id);
	if
	:: id == 2 * cqe_generation[delivered] ->
		load_relaxed(COMPLETER, LIFE(cqe_slot[delivered]), life);
		if
#ifdef LIFE_UNCHECKED
		:: true -> in_flight = cqe_slot[delivered]
#else
		:: life < edge -> in_flight = cqe_slot[delivered]
		:: else
#endif
		fi
	:: else
	fi;
	edge = 0; life = 0
}

inline once_deliver_next()
{
	if
	:: cqe_from[delivered] != NOT_FROM_SQ -> join(COMPLETER, kernel[cqe_from[delivered]])
	:: else
	fi;
	slot_in_flight();
#ifndef FORGED
	assert(in_flight != NO_INDEX); /* else the library's own CQE is taken for a stray one */
#endif
	hold_slot[delivered] = in_flight;
	if
	:: in_flight != NO_INDEX -> /* once_end() */
		store_relaxed(COMPLETER, ID(in_flight), 2 * (id / 2 + 1) + 1);
		store_relaxed(COMPLETER, LIFE(in_flight), LIFE_ENDED)
	:: else
	fi;
	d_step { is_held[delivered] = true; delivered++; in_flight = 0; id = 0 }
}

inline once_owner()
{
	if
	:: hold_slot[which] != NO_INDEX ->
		read_plain(COMPLETER, LENT(hold_slot[which]), lent);
#ifndef FORGED
		assert(lent == owner_of[cqe_from[which]])
#endif
	:: else
	fi;
	lent = 0
}

inline once_retire_slot()
{
	load_relaxed(COMPLETER, CREDIT_TAKEN, taken); /* once_frees_plainly() */
	if
	:: taken != credit_returned ->
		read_plain(COMPLETER, CREDITS(slot), credit);
		if
		:: credit != 0 ->
			write_plain(COMPLETER, CREDITS(slot), 0);
			credit_returned = credit_returned + credit;
			store_release(COMPLETER, CREDIT_RETURNED, credit_returned)
		:: else
		fi
	:: else
	fi;
	taken = 0; credit = 0
}

inline once_free_slot()
{
#ifndef CREDIT_AFTER_FREED
	once_retire_slot();
#endif
	store_relaxed(COMPLETER, LIFE(slot), LIFE_FREE);
#ifdef FREED_BEFORE_SLOT
	store_release(COMPLETER, FREED, freed_total + 1);
#endif
	write_plain(COMPLETER, RETURNED(return_index), slot);
	return_index = (return_index + 1) % SLOTS;
	freed_total++
}

inline once_reclaim()
{
	do
	:: passed < delivered && is_seen[passed] ->
		slot = hold_slot[passed];
		if
		:: slot != NO_INDEX -> once_free_slot()
		:: else
		fi;
		passed++;
#ifndef FREED_BEFORE_HEAD
		cq_head = passed; /* once_publish() */
#endif
#ifndef FREED_BEFORE_SLOT
		if
		:: slot != NO_INDEX ->
#ifdef FREED_RELAXED
			store_relaxed(COMPLETER, FREED, freed_total)
#else
			store_release(COMPLETER, FREED, freed_total)
#endif
		:: else
		fi;
#endif
#ifdef CREDIT_AFTER_FREED
		if
		:: slot != NO_INDEX -> once_retire_slot()
		:: else
		fi;
#endif
#ifdef FREED_BEFORE_HEAD
		cq_head = passed;
#endif
		slot = 0
	:: else -> break
	od
}

inline once_seen()
{
	which = passed;
	do
	:: which < delivered && !is_held[which] -> which++
	:: which + 1 < delivered && is_held[which] -> which++ /* or a later one */
	:: which < delivered && is_held[which] -> break
	:: which == delivered -> break
	od;
	if
	:: which < delivered ->
		once_owner();
		is_held[which] = false;
		is_seen[which] = true;
		once_reclaim()
	:: else
	fi;
	which = 0
}

proctype completing()
{
	byte which, slot, in_flight, edge, id, life, lent, taken, credit, i, now;

	do
	:: delivered < posted -> once_deliver_next()
	:: passed < delivered -> once_seen()
	:: passed == CQES -> break
#ifdef FORGED
	:: submitter_done -> break
#endif
	od
}

init {
	byte slot;

	atomic {
		do
		:: slot < SLOTS ->
			history[ID(slot)].value[0] = 3; /* generation 1, at rest */
			history[LIFE(slot)].value[0] = LIFE_FREE;
			stack[slot] = slot;
			slot++
		:: else -> break
		od;
		free = SLOTS;
		run submitting();
		run the_kernel();
		run completing()
	}
}
