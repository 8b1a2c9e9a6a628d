#include "core/markup_read.h"

#include "core/mem.h"
#include "core/str.h"

#include <stdlib.h>
#include <string.h>

static bool is_void_name(const char *name)
{
	static const char *const names[] = {
		"br", "hr", "img", "wbr", "col", "source", "track", "input"};
	size_t i;

	for (i = 0; i < ARRAY_LEN(names); i++) {
		if (str_eq(name, names[i]))
			return true;
	}
	return false;
}

enum {
	TAG_BYTES = 64 * 1024, /* longer ones are none */
	/* after so many that have no end, nothing is one: each was looked through for it */
	UNENDED_MAX = 500,
};

/* The '>' that ends a tag: quoted values may hold others. */
static const char *tag_end(const char *s)
{
	const char *begin = s;
	char quote = '\0';

	for (; *s && s - begin < TAG_BYTES; s++) {
		if (quote) {
			if (*s == quote)
				quote = '\0';
		} else if (*s == '"' || *s == '\'') {
			quote = *s;
		} else if (*s == '>') {
			return s;
		}
	}
	return NULL;
}

static bool is_tag(const char *s)
{
	return s[0] == '<' && (str_is_alpha(s[1]) || (s[1] == '/' && str_is_alpha(s[2])));
}

static enum markup_token read_text(struct markup_reader *reader)
{
	const char *s = reader->next + 1;

	while (*s && (!is_tag(s) || reader->unended >= UNENDED_MAX))
		s++;
	reader->start = reader->next;
	reader->len = (size_t)(s - reader->next);
	reader->next = s;
	return MARKUP_TEXT;
}

enum markup_token markup_next(struct markup_reader *reader)
{
	const char *s = reader->next, *end;
	bool is_close;
	size_t n = 0;

	if (!*s)
		return MARKUP_END;
	if (!is_tag(s))
		return read_text(reader);
	end = tag_end(s);
	if (!end) {
		reader->unended++;
		return read_text(reader);
	}
	reader->start = s;
	reader->len = (size_t)(end + 1 - s);
	reader->next = end + 1;
	is_close = s[1] == '/';
	for (s += is_close ? 2 : 1; s < end && (str_is_alpha(*s) || str_is_digit(*s)); s++) {
		if (n < sizeof(reader->name) - 1)
			reader->name[n++] = str_lower_char(*s);
	}
	reader->name[n] = '\0';
	reader->attrs = s;
	reader->attrs_len = (size_t)(end - s);
	reader->is_void = is_void_name(reader->name);
	return is_close ? MARKUP_CLOSE : MARKUP_OPEN;
}

bool markup_attr(const struct markup_reader *reader, const char *name, struct buf *to)
{
	const char *s = reader->attrs, *end = s + reader->attrs_len, *key, *value;
	size_t name_len = strlen(name), key_len;
	char quote;

	while (s < end) {
		while (s < end && (str_is_space(*s) || *s == '/'))
			s++;
		key = s;
		while (s < end && !str_is_space(*s) && *s != '=' && *s != '/')
			s++;
		key_len = (size_t)(s - key);
		if (s >= end || *s != '=') {
			if (key_len == 0)
				s++;
			continue;
		}
		s++;
		quote = s < end && (*s == '"' || *s == '\'') ? *s++ : ' ';
		value = s;
		while (s < end && *s != quote)
			s++;
		if (key_len == name_len && strncmp(key, name, key_len) == 0) {
			markup_decode(value, (size_t)(s - value), to);
			return true;
		}
		if (s < end)
			s++;
	}
	return false;
}

/* The reference that s (behind the '&') begins with; returns its bytes, 0 where it is none. */
static size_t decode_one(const char *s, size_t len, struct buf *to)
{
	static const struct {
		const char *name;
		unsigned code_point;
	} names[] = {{"amp;", '&'}, {"lt;", '<'}, {"gt;", '>'}, {"quot;", '"'}, {"apos;", '\''},
		{"nbsp;", 0xA0}};
	unsigned long code_point = 0;
	size_t i, n;
	char *end;

	for (i = 0; i < ARRAY_LEN(names); i++) {
		n = strlen(names[i].name);
		if (len >= n && memcmp(s, names[i].name, n) == 0) {
			buf_put_utf8(to, names[i].code_point);
			return n;
		}
	}
	if (len < 3 || s[0] != '#')
		return 0;
	if (str_lower_char(s[1]) == 'x')
		code_point = strtoul(s + 2, &end, 16);
	else if (str_is_digit(s[1]))
		code_point = strtoul(s + 1, &end, 10);
	else
		return 0;
	if (end >= s + len || *end != ';' || code_point == 0 || code_point > 0x10FFFF)
		return 0;
	buf_put_utf8(to, (unsigned)code_point);
	return (size_t)(end + 1 - s);
}

void markup_decode(const char *text, size_t len, struct buf *to)
{
	const char *amp;
	size_t n;

	while (len > 0 && (amp = memchr(text, '&', len)) != NULL) {
		n = (size_t)(amp - text);
		buf_put(to, text, n);
		text += n + 1;
		len -= n + 1;
		n = decode_one(text, len, to);
		if (n == 0)
			buf_putc(to, '&');
		text += n;
		len -= n;
	}
	buf_put(to, text, len);
}

enum markup_element markup_element_of(const char *name)
{
	static const struct {
		const char *name;
		enum markup_element element;
	} elements[] = {
		{"p", EL_BLOCK},
		{"div", EL_BLOCK},
		{"section", EL_BLOCK},
		{"article", EL_BLOCK},
		{"aside", EL_BLOCK},
		{"header", EL_BLOCK},
		{"footer", EL_BLOCK},
		{"figure", EL_BLOCK},
		{"figcaption", EL_BLOCK},
		{"caption", EL_BLOCK},
		{"dl", EL_BLOCK},
		{"dt", EL_BLOCK},
		{"dd", EL_BLOCK},
		{"address", EL_BLOCK},
		{"details", EL_BLOCK},
		{"summary", EL_BLOCK},
		{"main", EL_BLOCK},
		{"h1", EL_HEADING},
		{"h2", EL_HEADING},
		{"h3", EL_HEADING},
		{"h4", EL_HEADING},
		{"h5", EL_HEADING},
		{"h6", EL_HEADING},
		{"blockquote", EL_QUOTE},
		{"ul", EL_LIST},
		{"ol", EL_LIST},
		{"menu", EL_LIST},
		{"li", EL_ITEM},
		{"table", EL_TABLE},
		{"tr", EL_ROW},
		{"td", EL_CELL},
		{"th", EL_CELL},
		{"pre", EL_PRE},
		{"br", EL_BREAK},
		{"hr", EL_RULE},
		{"a", EL_LINK},
		{"img", EL_IMAGE},
		{"b", EL_STRONG},
		{"strong", EL_STRONG},
		{"i", EL_EMPHASIS},
		{"em", EL_EMPHASIS},
		{"cite", EL_EMPHASIS},
		{"code", EL_CODE},
		{"kbd", EL_CODE},
		{"samp", EL_CODE},
		{"s", EL_STRIKE},
		{"del", EL_STRIKE},
		{"strike", EL_STRIKE},
	};
	size_t i;

	for (i = 0; i < ARRAY_LEN(elements); i++) {
		if (str_eq(name, elements[i].name))
			return elements[i].element;
	}
	return EL_INLINE;
}

bool markup_is_block(enum markup_element element)
{
	return element >= EL_BLOCK && element <= EL_PRE;
}
