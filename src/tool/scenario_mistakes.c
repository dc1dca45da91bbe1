/* SPDX-License-Identifier: MIT */
/* What the mistakes of a scenario consist of: a configuration, an SQE of its own. */
#include "scenario_mistakes.h"

enum { UNKNOWN_OPTION = 0x80, UNKNOWN_OPCODE = 200 };

void scenario_spoil(struct once_config *config, unsigned mistake)
{
	switch (mistake) {
	case MISTAKE_FLAG:
		config->flags |= IORING_SETUP_IOPOLL;
		break;
	case MISTAKE_OPTION:
		config->options |= UNKNOWN_OPTION;
		break;
	case MISTAKE_ENTRIES:
		config->entries = 0;
		break;
	case MISTAKE_CAPACITY:
		config->memory.capacity = config->cq_entries + 1;
		break;
	case MISTAKE_MEMORY:
		config->memory.window = NULL;
		break;
	case MISTAKE_OLD_KERNEL:
		config->hide_features |= IORING_FEAT_NODROP;
		break;
	case MISTAKE_GENERATIONS:
		config->generations_used = ONCE_GENERATIONS;
		break;
	default:
		break;
	}
}

void scenario_fill_raw(struct io_uring_sqe *raw, unsigned what)
{
	raw->fd = -1;
	raw->opcode = IORING_OP_NOP;
	switch (what) {
	case RAW_USER_DATA:
		raw->user_data = 7;
		break;
	case RAW_RESERVED:
		raw->user_data = UINT64_MAX;
		break;
	case RAW_SKIP_SUCCESS:
		raw->flags = IOSQE_CQE_SKIP_SUCCESS;
		break;
	case RAW_REWRITE:
		raw->opcode = IORING_OP_POLL_REMOVE;
		raw->len = IORING_POLL_UPDATE_USER_DATA;
		break;
	case RAW_BAD_OPCODE:
		raw->opcode = UNKNOWN_OPCODE;
		break;
	default:
		break;
	}
}
