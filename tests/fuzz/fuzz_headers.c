/* Header lines of an answer, as they came. */
#include "check.h"

#include "core/limits.h"
#include "diurnad/headers.h"

#include <stdlib.h>
#include <string.h>

enum { NOW = 1800000000 };

static void check(bool holds)
{
	if (!holds)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const relations[] = {"canonical", "hub", "self"};
	const char *p = (const char *)data, *end = p + size, *stop;
	struct headers headers = {0};
	struct freshness freshness;
	int64_t wait_s;
	size_t i;

	for (; p < end; p = stop + 1) {
		stop = memchr(p, '\n', (size_t)(end - p));
		if (!stop)
			stop = end - 1;
		headers_add(&headers, p, (size_t)(stop + 1 - p));
	}
	check(headers.bytes == size);
	for (i = 0; i < HEADER_COUNT; i++) {
		const char *value = headers.values[i];

		check(!value || (*value && strlen(value) <= LIMIT_HEADER_VALUE + 2));
		check(!value || !strpbrk(value, "\n"));
	}
	headers_freshness(&headers, NOW, &freshness);
	check(freshness.fresh_s >= 0 && (!freshness.is_no_store || freshness.is_no_cache));
	wait_s = headers_retry_after(&headers, NOW);
	check(wait_s >= 0 && wait_s <= LIMIT_RETRY_AFTER_S);
	headers_have_two_lengths(&headers);
	for (i = 0; i < sizeof(relations) / sizeof(relations[0]); i++)
		free(headers_link(&headers, relations[i], "https://a.example/b"));
	headers_finish(&headers);
	return 0;
}
