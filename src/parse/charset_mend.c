/* Text that somebody encoded twice: UTF-8 whose bytes were read as windows-1252 and written as
 * UTF-8, or as character references, once more, so that people read three signs for an apostrophe.
 */
#include "parse/charset.h"

#include "core/mem.h"
#include "core/str.h"
#include "core/utf8.h"
#include "parse/entity.h"

#include <string.h>

enum {
	DOUBLED_MIN = 3, /* letters, or marks, that a page has at least */
	JOINED_MIN = 5,  /* where other quotation marks are as they should be */
};

/* What a document has of either kind. */
struct evidence {
	size_t joined;  /* doubled apostrophes between two letters */
	size_t doubled; /* doubled quotation marks, dashes and the like */
	size_t letters; /* doubled letters */
	size_t marks;   /* quotation marks as they should be */
	size_t accents; /* small letters with accents as they should be */
};

/* windows-1252, 0x80 to 0x9F; what it leaves free stands for itself. Source: WHATWG Encoding. */
static const unsigned specials[32] = {0x20AC, 0x81, 0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021,
	0x02C6, 0x2030, 0x0160, 0x2039, 0x0152, 0x8D, 0x017D, 0x8F, 0x90, 0x2018, 0x2019, 0x201C,
	0x201D, 0x2022, 0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0x9D, 0x017E,
	0x0178};

/* The character at s, which a reference may stand for. 0: there is none. */
static unsigned char_at(const char *s, size_t len, size_t *size)
{
	struct buf text = {0};
	unsigned c = 0;
	size_t unused;

	if (len == 0)
		return 0;
	if (*s != '&')
		return utf8_decode(s, len, size);
	*size = entity_put(s, len, ENTITY_STRICT, &text);
	if (text.len > 0)
		c = utf8_decode(text.data, text.len, &unused);
	buf_finish(&text);
	return c;
}

/* The byte from 0x80 to 0xBF that a character was; 0: it was none. *size: of the character. */
static unsigned byte_at(const char *s, size_t len, size_t *size)
{
	unsigned c = char_at(s, len, size), i;

	for (i = 0; i < ARRAY_LEN(specials); i++) {
		if (specials[i] == c)
			return 0x80 + i;
	}
	return c >= 0xA0 && c <= 0xBF ? c : 0;
}

/* One character that was doubled: *count bytes. Returns the bytes it takes now; 0: none. */
static size_t doubled_at(const char *s, size_t len, char bytes[4], size_t *count)
{
	size_t at = 0, size, i;
	unsigned lead = char_at(s, len, &at), byte;

	if (lead < 0xC2 || lead > 0xF4)
		return 0;
	*count = lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
	bytes[0] = (char)lead;
	for (i = 1; i < *count; i++) {
		byte = byte_at(s + at, len - at, &size);
		if (!byte)
			return 0;
		bytes[i] = (char)byte;
		at += size;
	}
	/* no longer forms than needed, no controls */
	return utf8_decode(bytes, *count, &size) >= 0xA0 && size == *count ? at : 0;
}

static void look(const char *s, size_t len, struct evidence *e)
{
	size_t at = 0, size, count;
	char bytes[4];
	unsigned c;

	while (at < len) {
		if ((signed char)s[at] >= 0 && s[at] != '&') {
			at++;
			continue;
		}
		size = doubled_at(s + at, len - at, bytes, &count);
		if (size > 0 && count == 3 && memcmp(bytes, "\xE2\x80", 2) == 0) {
			e->doubled++;
			e->joined += at > 0 && str_is_alpha(s[at - 1]) && bytes[2] == '\x99' &&
				     at + size < len && str_is_alpha(s[at + size]);
		} else if (size > 0) {
			e->letters += bytes[0] == '\xC3';
		} else {
			c = char_at(s + at, len - at, &size);
			e->marks += c >= 0x2018 && c <= 0x201E;
			e->accents += c >= 0xE0 && c <= 0xFF;
		}
		at += size > 0 ? size : 1;
	}
}

/* Nearly all documents have neither sign, and this is asked of each. */
static bool may_be_doubled(const struct buf *text)
{
	const char *s = buf_text(text), *end = s + text->len;

	if (memmem(s, text->len, "&acirc;", strlen("&acirc;")))
		return true;
	for (; (s = memchr(s, 0xC3, (size_t)(end - s))) != NULL; s++) {
		if (end - s > 2 && (s[1] == '\x83' || (s[1] == '\xA2' && (signed char)s[2] < 0)))
			return true;
	}
	return false;
}

void charset_mend(struct buf *text)
{
	struct evidence e = {0};
	struct buf mended = {0};
	size_t at = 0, size, count;
	bool has_marks, has_letters;
	char bytes[4];

	if (!may_be_doubled(text))
		return;
	look(text->data, text->len, &e);
	has_marks = e.marks == 0 ? e.joined > 0 || e.doubled >= DOUBLED_MIN
				 : e.joined >= JOINED_MIN && e.doubled > e.marks;
	has_letters = (has_marks || e.letters >= DOUBLED_MIN) && e.accents == 0;
	if (!has_marks && !has_letters)
		return;
	buf_reserve(&mended, text->len);
	while (at < text->len) {
		size = doubled_at(text->data + at, text->len - at, bytes, &count);
		if (size > 0 && (count > 2 || has_letters)) {
			buf_put(&mended, bytes, count);
			at += size;
		} else {
			buf_putc(&mended, text->data[at++]);
		}
	}
	buf_finish(text);
	*text = mended;
}
