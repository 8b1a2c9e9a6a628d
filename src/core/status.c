#include "core/status.h"

#include <stddef.h>

static const char *const texts[] = {
	[STATUS_OK] = "fine",
	[STATUS_SYNTAX] = "not well formed",
	[STATUS_LIMIT] = "over the limit",
	[STATUS_NOT_FOUND] = "not found",
	[STATUS_EXISTS] = "there already",
	[STATUS_BUSY] = "in use",
	[STATUS_TIMEOUT] = "took too long",
	[STATUS_REFUSED] = "not allowed",
	[STATUS_IO] = "input or output failed",
	[STATUS_CONFIG] = "the configuration is wrong",
	[STATUS_CORRUPT] = "damaged",
	[STATUS_NEWER] = "made by a newer version",
	[STATUS_OLDER] = "made by an older version",
	[STATUS_CRASHED] = "the process ended unexpectedly",
	[STATUS_UNSUPPORTED] = "not supported",
};

const char *status_text(enum status status)
{
	size_t n = (size_t)status;

	return n < sizeof(texts) / sizeof(texts[0]) ? texts[n] : "unknown outcome";
}
