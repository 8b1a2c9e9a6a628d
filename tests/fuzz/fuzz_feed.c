/* Feeds of every format. */
#include "check.h"

#include "parse/charset.h"
#include "parse/feed.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct feed_doc doc;
	const char *why = NULL;

	charset_prepare();
	feed_doc_init(&doc);
	if (feed_parse((const char *)data, size, NULL, "https://feeds.example/a/b", &doc, &why) ==
		STATUS_OK)
		check_feed(&doc);
	feed_doc_finish(&doc);
	return 0;
}
