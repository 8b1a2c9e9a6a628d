#include "parse/feed.h"

enum status feed_parse(const char *body, size_t len, const char *content_type, const char *base_url,
	struct feed_doc *doc, const char **why)
{
	(void)body, (void)len, (void)content_type, (void)base_url, (void)doc;
	*why = "not a feed";
	return STATUS_SYNTAX;
}
