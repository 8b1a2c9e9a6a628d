#include "parse/entity.h"

#include "core/mem.h"
#include "core/str.h"
#include "core/utf8.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

struct entity {
	const char *name;
	const char *text;
	bool is_legacy; /* known without its semicolon */
};

#include "parse/entity_table.h"

enum { NAME_BYTES = 33 }; /* the longest name of the table has 31 */

/* Bytes 80 to 9F as numbers mean windows-1252 (WHATWG HTML 13.2.5.80). */
static const uint16_t c1_meanings[32] = {0x20AC, 0x81, 0x201A, 0x192, 0x201E, 0x2026, 0x2020,
	0x2021, 0x2C6, 0x2030, 0x160, 0x2039, 0x152, 0x8D, 0x17D, 0x8F, 0x90, 0x2018, 0x2019,
	0x201C, 0x201D, 0x2022, 0x2013, 0x2014, 0x2DC, 0x2122, 0x161, 0x203A, 0x153, 0x9D, 0x17E,
	0x178};

static int digit_value(char c, unsigned base)
{
	int value = str_hex_digit(c);

	return value < (int)base ? value : -1;
}

/* text begins with "&#". Control characters stand for nothing. */
static size_t put_number(const char *text, size_t len, enum entity_mode mode, struct buf *to)
{
	size_t i = 2, start;
	unsigned base = 10, c = 0;
	int d;

	if (i < len && (text[i] == 'x' || text[i] == 'X')) {
		base = 16;
		i++;
	}
	start = i;
	for (; i < len && (d = digit_value(text[i], base)) >= 0; i++) {
		if (c <= 0x10FFFF)
			c = c * base + (unsigned)d;
	}
	if (i == start)
		return 0;
	if (i < len && text[i] == ';')
		i++;
	else if (mode == ENTITY_STRICT)
		return 0;
	if (c == 0 && text[i - 1] != ';') /* what somebody wrote about references */
		return 0;
	if (c >= 0x80 && c < 0xA0)
		c = c1_meanings[c - 0x80];
	if (c >= 0x20 ? c < 0x7F || c >= 0xA0 : c == '\t' || c == '\n' || c == '\r')
		buf_put_utf8(to, c > 0x10FFFF || c == 0xFFFE || c == 0xFFFF ? UTF8_BAD : c);
	return i;
}

static int compare(const void *key, const void *row)
{
	return strcmp(key, ((const struct entity *)row)->name);
}

static const struct entity *find(const char *name, size_t len)
{
	char key[NAME_BYTES];

	memcpy(key, name, len);
	key[len] = '\0';
	return bsearch(key, entities, ARRAY_LEN(entities), sizeof(entities[0]), compare);
}

/* Without a semicolon: the longest known beginning (&notit is &not and it). */
static size_t put_legacy(
	const char *name, size_t len, char next, enum entity_mode mode, struct buf *to)
{
	const struct entity *entity;
	size_t n;

	if (len > 6)
		len = 6, next = 'x'; /* no such name is longer */
	for (n = len; n >= 2; n--) {
		entity = find(name, n);
		if (!entity || !entity->is_legacy)
			continue;
		if (n < len)
			next = name[n];
		if (mode == ENTITY_ATTRIBUTE &&
			(next == '=' || str_is_alpha(next) || str_is_digit(next)))
			return 0;
		buf_puts(to, entity->text);
		return n + 1;
	}
	return 0;
}

size_t entity_put(const char *text, size_t len, enum entity_mode mode, struct buf *to)
{
	static const struct {
		const char *name;
		char c;
	} common[] = {{"&amp;", '&'}, {"&lt;", '<'}, {"&gt;", '>'}, {"&quot;", '"'}};
	const struct entity *entity;
	size_t n = 1, i;

	if (len < 3)
		return 0;
	if (text[1] == '#')
		return put_number(text, len, mode, to);
	for (i = 0; i < ARRAY_LEN(common); i++) {
		n = strlen(common[i].name);
		if (len >= n && memcmp(text, common[i].name, n) == 0) {
			buf_putc(to, common[i].c);
			return n;
		}
	}
	for (n = 1; n < len && n < NAME_BYTES; n++) {
		if (!str_is_alpha(text[n]) && !str_is_digit(text[n]))
			break;
	}
	if (n == 1)
		return 0;
	if (n < len && n < NAME_BYTES && text[n] == ';') {
		entity = find(text + 1, n - 1);
		if (entity) {
			buf_puts(to, entity->text);
			return n + 1;
		}
	}
	if (mode == ENTITY_STRICT)
		return 0;
	return put_legacy(text + 1, n - 1, n < len ? text[n] : '\0', mode, to);
}

void entity_decode(const char *text, size_t len, enum entity_mode mode, struct buf *to)
{
	const char *end = text + len, *amp;
	size_t n;

	while ((amp = memchr(text, '&', (size_t)(end - text))) != NULL) {
		buf_put(to, text, (size_t)(amp - text));
		n = entity_put(amp, (size_t)(end - amp), mode, to);
		if (n == 0) {
			buf_putc(to, '&');
			n = 1;
		}
		text = amp + n;
	}
	buf_put(to, text, (size_t)(end - text));
}
