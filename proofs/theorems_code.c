/* SPDX-License-Identifier: MIT */
/*
 * Every code has a row in the table of texts, in the order of enum once_code,
 * and there is no other row: proved over the contents of the table (src/code_text.c has
 * to be given to the prover, too). That no text is empty is tested, not proved.
 */
#include <oncering/code.h>

#include "code_text.h"

/*@ predicate once_has_row{L}(integer i, integer code) =
      once_code_texts[i].code == code; */

/*@ assigns \nothing;
    ensures row_0: once_has_row(0, ONCE_ALREADY_OPEN);
    ensures row_1: once_has_row(1, ONCE_NOT_OPEN);
    ensures row_2: once_has_row(2, ONCE_BAD_FLAG);
    ensures row_3: once_has_row(3, ONCE_BAD_SIZE);
    ensures row_4: once_has_row(4, ONCE_BAD_MEMORY);
    ensures row_5: once_has_row(5, ONCE_OLD_KERNEL);
    ensures row_6: once_has_row(6, ONCE_STILL_TAKEN);
    ensures row_7: once_has_row(7, ONCE_STILL_LIVE);
    ensures row_8: once_has_row(8, ONCE_STILL_HELD);
    ensures row_9: once_has_row(9, ONCE_STILL_RESERVED);
    ensures row_10: once_has_row(10, ONCE_STILL_READY);
    ensures row_11: once_has_row(11, ONCE_DEADLINE);
    ensures row_12: once_has_row(12, ONCE_WRONG_THREAD);
    ensures row_13: once_has_row(13, ONCE_NO_SLOT);
    ensures row_14: once_has_row(14, ONCE_WORN_OUT);
    ensures row_15: once_has_row(15, ONCE_NOT_TAKEN);
    ensures row_16: once_has_row(16, ONCE_NOT_PREPARED);
    ensures row_17: once_has_row(17, ONCE_BAD_ARGUMENT);
    ensures row_18: once_has_row(18, ONCE_USER_DATA);
    ensures row_19: once_has_row(19, ONCE_SKIP_SUCCESS);
    ensures row_20: once_has_row(20, ONCE_REWRITES_ID);
    ensures row_21: once_has_row(21, ONCE_NO_CREDIT);
    ensures row_22: once_has_row(22, ONCE_STALE_TICKET);
    ensures row_23: once_has_row(23, ONCE_NOT_ARMED);
    ensures row_24: once_has_row(24, ONCE_WOULD_HANG);
    ensures row_25: once_has_row(25, ONCE_ALL_HELD);
    ensures row_26: once_has_row(26, ONCE_SPLIT_TIMER);
    ensures row_27: once_has_row(27, ONCE_TIMERS_OUT);
    ensures row_28: once_has_row(28, ONCE_STRAY_CQE);
    ensures row_29: once_has_row(29, ONCE_CORRUPT_CQ);
    ensures row_30: once_has_row(30, ONCE_SEEN_TWICE);
    ensures row_31: once_has_row(31, ONCE_NOT_ISSUED);
    ensures row_32: once_has_row(32, ONCE_OTHER_RING);
    ensures row_33: once_has_row(33, ONCE_SPENT);
    ensures row_34: once_has_row(34, ONCE_WRONG_TYPE);
    ensures row_35: once_has_row(35, ONCE_FOREIGN);
    ensures row_36: once_has_row(36, ONCE_NOT_CQE32);
    ensures no_other: ONCE_CODES == 37; */
void once_theorem_every_code_has_a_row(void)
{
}
