/*
 * Feeds. The same for every format, as a program of its own for each: its seeds and words keep the
 * fuzzer within that format.
 */
#include "check.h"

#include "parse/charset.h"
#include "parse/feed.h"

#include <stdlib.h>
#include <string.h>

/* What the daemon reads from the wire is what the parser wrote. */
static void check_wire(const struct feed_doc *doc)
{
	struct buf sent = {0}, again = {0};
	struct feed_doc received;

	feed_doc_put(&sent, doc);
	feed_doc_init(&received);
	if (feed_doc_get(sent.data, sent.len, &received) != STATUS_OK)
		abort();
	feed_doc_put(&again, &received);
	if (sent.len != again.len || memcmp(sent.data, again.data, sent.len) != 0)
		abort();
	feed_doc_finish(&received);
	buf_finish(&sent);
	buf_finish(&again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct feed_doc doc;
	const char *why = NULL;

	charset_prepare();
	feed_doc_init(&doc);
	if (feed_parse((const char *)data, size, NULL, "https://feeds.example/a/b", &doc, &why) ==
		STATUS_OK) {
		check_feed(&doc);
		check_wire(&doc);
	}
	feed_doc_finish(&doc);
	return 0;
}
