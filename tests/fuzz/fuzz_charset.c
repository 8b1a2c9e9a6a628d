/* Character sets: the first byte picks the kind and a label, the rest is the document. */
#include "check.h"

#include "core/mem.h"
#include "core/utf8.h"
#include "parse/charset.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const types[] = {NULL, "text/xml; charset=utf-8",
		"text/html;charset=\"Shift_JIS\"", "text/xml; charset=gb2312", "a; charset=big5",
		"a; charset=euc-jp", "a; charset=iso-2022-jp", "a; charset=euc-kr",
		"a; charset=windows-1251", "a; charset=utf-16", "a; charset=x-none"};
	static const enum charset_kind kinds[] = {CHARSET_XML, CHARSET_HTML, CHARSET_JSON};
	struct buf utf8 = {0};
	const char *name = NULL;

	if (size == 0)
		return 0;
	charset_prepare();
	charset_to_utf8(kinds[data[0] % ARRAY_LEN(kinds)], (const char *)data + 1, size - 1,
		types[data[0] / ARRAY_LEN(kinds) % ARRAY_LEN(types)], &utf8, &name);
	if (!name || !utf8_is_valid(buf_text(&utf8), utf8.len))
		abort();
	buf_finish(&utf8);
	return 0;
}
