#include "parse/charset.h"

void charset_to_utf8(enum charset_kind kind, const char *body, size_t len, const char *content_type,
	struct buf *utf8, const char **name)
{
	(void)kind, (void)content_type;
	buf_put(utf8, body, len);
	*name = "utf-8";
}

void charset_prepare(void)
{
}
