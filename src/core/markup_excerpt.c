#include "core/markup.h"

#include "core/markup_read.h"
#include "core/mem.h"
#include "core/str.h"
#include "core/utf8.h"

#include <string.h>

/* Elements whose words do not open an article well. */
static bool is_skipped(const char *name)
{
	static const char *const names[] = {
		"h1", "h2", "h3", "h4", "h5", "h6", "pre", "table", "figcaption", "figure"};
	size_t i;

	for (i = 0; i < ARRAY_LEN(names); i++) {
		if (str_eq(name, names[i]))
			return true;
	}
	return false;
}

/* Cuts text after max characters, at the last space where the script has them. True: it was cut. */
static bool cut_text(struct buf *text, size_t max)
{
	size_t at = 0, count = 0, last_space = 0, size;
	unsigned code_point;

	while (at < text->len) {
		code_point = utf8_decode(text->data + at, text->len - at, &size);
		if (code_point == ' ' || utf8_is_unspaced(code_point))
			last_space = at;
		if (count++ == max) {
			buf_truncate(text, last_space > at / 2 ? last_space : at);
			return true;
		}
		at += size;
	}
	return false;
}

void markup_to_excerpt(const char *html, size_t max, struct buf *to)
{
	struct markup_reader reader = {.next = html ? html : ""};
	struct buf plain = {0};
	enum markup_token token;
	char skipped[16] = "";
	unsigned skip = 0;

	while (plain.len < max * 8 && (token = markup_next(&reader)) != MARKUP_END) {
		if (token == MARKUP_OPEN && skip == 0 && is_skipped(reader.name))
			memcpy(skipped, reader.name, sizeof(skipped));
		if (token != MARKUP_TEXT && skipped[0] && str_eq(reader.name, skipped)) {
			skip = token == MARKUP_OPEN ? skip + 1 : skip - 1;
			if (skip == 0)
				skipped[0] = '\0';
		}
		if (token == MARKUP_TEXT && skip == 0)
			markup_decode(reader.start, reader.len, &plain);
		else if (markup_is_block(markup_element_of(reader.name)) ||
			 str_eq(reader.name, "br"))
			buf_putc(&plain, ' ');
	}
	if (plain.len > 0) {
		str_collapse(plain.data);
		buf_truncate(&plain, strlen(plain.data));
	}
	if (cut_text(&plain, max)) {
		while (plain.len > 0 && strchr(" ,;:", plain.data[plain.len - 1]))
			buf_truncate(&plain, plain.len - 1);
		/* What follows a whole sentence is left out, no part of it. */
		if (plain.len > 0 && strchr(".!?", plain.data[plain.len - 1]))
			buf_puts(&plain, "\xC2\xA0");
		buf_puts(&plain, "\xE2\x80\xA6");
	}
	buf_put(to, plain.data, plain.len);
	buf_finish(&plain);
}
