/* The header lines of an answer that matter here, and what they say about time and place. */
#ifndef DIURNA_DIURNAD_HEADERS_H
#define DIURNA_DIURNAD_HEADERS_H

#include "core/buf.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum header_id {
	HEADER_AGE,
	HEADER_CACHE_CONTROL,
	HEADER_CF_MITIGATED,
	HEADER_CONTENT_LANGUAGE,
	HEADER_CONTENT_LENGTH,
	HEADER_CONTENT_TYPE,
	HEADER_DATE,
	HEADER_ETAG,
	HEADER_EXPIRES,
	HEADER_LAST_MODIFIED,
	HEADER_LINK,
	HEADER_LOCATION,
	HEADER_RETRY_AFTER,
	HEADER_COUNT
};

/* One of zeros is empty. */
struct headers {
	char *values[HEADER_COUNT]; /* as received, white space around removed; NULL: not there */
	size_t bytes;               /* of all lines so far */
};

void headers_finish(struct headers *headers);
/* One line as received. A status line forgets what came before (1xx answers), not the bytes. */
void headers_add(struct headers *headers, const char *line, size_t len);

struct freshness {
	bool is_said;     /* Cache-Control or Expires was there */
	int64_t fresh_s;  /* seconds from now that it stays fresh; 0: it does not */
	bool is_no_cache; /* no-cache or no-store */
	bool is_no_store;
};

/* now: when the answer came. Source: RFC 9111, 4.2.1 to 4.2.3 and 5.2.2. */
void headers_freshness(const struct headers *headers, int64_t now, struct freshness *freshness);
/*
 * Several Content-Length lines disagree: nobody can tell where the body ends. Source: RFC 9112,
 * 6.3.
 */
bool headers_have_two_lengths(const struct headers *headers);
/*
 * Retry-After in seconds from now, both forms, LIMIT_RETRY_AFTER_S at most; 0: not said. A date is
 * counted on the server's clock. Source: RFC 9110, 10.2.3.
 */
int64_t headers_retry_after(const struct headers *headers, int64_t now);
/*
 * The first link with this relation, absolute; to be freed. NULL: none. base: URL of the answer.
 * Source: RFC 8288, 3.
 */
char *headers_link(const struct headers *headers, const char *relation, const char *base);

#endif
