/* SPDX-License-Identifier: MIT */
/* Compiled, model.c only shows that its calls are of the types of the real ones. */

#define Frama_C_make_unknown(p, n) ((void)(p), (void)(n))
#define AGREES(name_) \
	_Static_assert(__builtin_types_compatible_p(__typeof__(once_##name_), \
						    __typeof__(once_real_##name_)), #name_)
AGREES(take);
AGREES(give_back);
AGREES(arm);
AGREES(peek);
AGREES(wait);
AGREES(wait_for);
AGREES(wait_nr);
AGREES(wait_timeout);
AGREES(submit_and_wait_timeout);
AGREES(is_held);
AGREES(result);
AGREES(flags);
AGREES(class);
AGREES(is_terminal);
AGREES(owner);
AGREES(ticket_of);
AGREES(user_data);
AGREES(extra);
AGREES(seen);
