/* Text that somebody encoded twice: UTF-8 whose bytes were read as windows-1252 and written as
 * UTF-8 once more, so that people read three signs for an apostrophe. */
#include "parse/charset.h"

#include "core/mem.h"
#include "core/str.h"
#include "core/utf8.h"

#include <string.h>

enum { LETTERS_MIN = 3 }; /* doubled ones that a page has at least */

/* U+00E2 U+20AC, what the first two bytes of quotation marks and dashes become. */
#define MARK "\xC3\xA2\xE2\x82\xAC"

/* What a document has of either kind. */
struct evidence {
	size_t joined;  /* doubled apostrophes between two letters */
	size_t letters; /* doubled letters */
	size_t marks;   /* quotation marks as they should be */
	size_t accents; /* small letters with accents as they should be */
};

/* windows-1252, 0x80 to 0x9F; what it leaves free stands for itself. Source: WHATWG Encoding. */
static const unsigned specials[32] = {0x20AC, 0x81, 0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021,
	0x02C6, 0x2030, 0x0160, 0x2039, 0x0152, 0x8D, 0x017D, 0x8F, 0x90, 0x2018, 0x2019, 0x201C,
	0x201D, 0x2022, 0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0x9D, 0x017E,
	0x0178};

/* The byte from 0x80 to 0xBF that a character was; 0: it was none. *size: of the character. */
static unsigned byte_at(const char *s, size_t len, size_t *size)
{
	unsigned c, i;

	if (len == 0)
		return 0;
	c = utf8_decode(s, len, size);
	for (i = 0; i < ARRAY_LEN(specials); i++) {
		if (specials[i] == c)
			return 0x80 + i;
	}
	return c >= 0xA0 && c <= 0xBF ? c : 0;
}

/* One character of two or three bytes that was doubled. Returns the bytes it takes now; 0: none. */
static size_t doubled_at(const char *s, size_t len, char bytes[3], size_t *count)
{
	size_t size = 0;
	unsigned byte;

	if (len > strlen(MARK) && memcmp(s, MARK, strlen(MARK)) == 0) {
		byte = byte_at(s + strlen(MARK), len - strlen(MARK), &size);
		memcpy(bytes, "\xE2\x80", 2);
		bytes[2] = (char)byte;
		*count = 3;
		return byte ? strlen(MARK) + size : 0;
	}
	if (len < 4 || s[0] != '\xC3' || (s[1] != '\x83' && s[1] != '\x82'))
		return 0;
	byte = byte_at(s + 2, len - 2, &size);
	bytes[0] = s[1] == '\x83' ? '\xC3' : '\xC2';
	bytes[1] = (char)byte;
	*count = 2;
	return byte ? 2 + size : 0;
}

static void look(const char *s, size_t len, struct evidence *e)
{
	size_t at = 0, size, count;
	char bytes[3];
	unsigned c;

	while (at < len) {
		if ((signed char)s[at] >= 0) {
			at++;
			continue;
		}
		size = doubled_at(s + at, len - at, bytes, &count);
		if (size > 0 && count == 3)
			e->joined += at > 0 && str_is_alpha(s[at - 1]) && bytes[2] == '\x99' &&
				     at + size < len && str_is_alpha(s[at + size]);
		else if (size > 0)
			e->letters += bytes[0] == '\xC3';
		if (size == 0) {
			c = utf8_decode(s + at, len - at, &size);
			e->marks += c >= 0x2018 && c <= 0x201E;
			e->accents += c >= 0xE0 && c <= 0xFF;
		}
		at += size;
	}
}

/* Nearly all documents have neither sign, and this is asked of each. */
static bool may_be_doubled(const struct buf *text)
{
	const char *s = buf_text(text), *end = s + text->len;

	for (; (s = memchr(s, 0xC3, (size_t)(end - s))) != NULL; s++) {
		if (end - s > 1 && (s[1] == '\x83' || (s[1] == '\xA2' && str_starts(s, MARK))))
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
	char bytes[3];

	if (!may_be_doubled(text))
		return;
	look(text->data, text->len, &e);
	has_marks = e.joined > 0 && e.marks == 0;
	has_letters = (has_marks || e.letters >= LETTERS_MIN) && e.accents == 0;
	if (!has_marks && !has_letters)
		return;
	buf_reserve(&mended, text->len);
	while (at < text->len) {
		size = doubled_at(text->data + at, text->len - at, bytes, &count);
		if (size > 0 && (count == 3 ? has_marks : has_letters)) {
			buf_put(&mended, bytes, count);
			at += size;
		} else {
			buf_putc(&mended, text->data[at++]);
		}
	}
	buf_finish(text);
	*text = mended;
}
