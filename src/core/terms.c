#include "core/terms.h"

#include "core/buf.h"
#include "core/mem.h"
#include "core/str.h"
#include "core/utf8.h"

#include <locale.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <wctype.h>

/* Character classes of Unicode, whatever the locale of the process is. */
static locale_t unicode;
static pthread_once_t unicode_once = PTHREAD_ONCE_INIT;

static void unicode_init(void)
{
	unicode = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0);
	if (!unicode)
		unicode = newlocale(LC_CTYPE_MASK, "C", (locale_t)0);
}

static bool is_word(unsigned code_point)
{
	if (code_point < 0x80)
		return str_is_alpha((char)code_point) || str_is_digit((char)code_point);
	return iswalnum_l(code_point, unicode) || (code_point >= 0x300 && code_point <= 0x36F);
}

static unsigned fold(unsigned code_point)
{
	if (code_point < 0x80)
		return (unsigned char)str_lower_char((char)code_point);
	return (unsigned)towlower_l(code_point, unicode);
}

void terms_init(struct terms *terms, const char *text)
{
	pthread_once(&unicode_once, unicode_init);
	memset(terms, 0, sizeof(*terms));
	terms->at = text ? text : "";
	terms->end = terms->at + strlen(terms->at);
}

/* The letters and digits of ASCII in lower case, most of most texts; 0: it ends a word. */
static char ascii_word(unsigned char c)
{
	if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'))
		return (char)c;
	return c >= 'A' && c <= 'Z' ? (char)(c + 'a' - 'A') : '\0';
}

bool terms_next(struct terms *terms)
{
	terms->len = 0;
	terms->is_number = true;
	while (terms->at < terms->end && terms->len < WORD_BYTES) {
		char plain = ascii_word((unsigned char)*terms->at);
		bool is_alone;
		size_t size;
		unsigned c;

		if (plain) {
			if (!terms->len) {
				terms->start = terms->at;
				terms->is_capital = plain != *terms->at;
			}
			terms->word[terms->len++] = plain;
			terms->is_number = terms->is_number && plain <= '9';
			terms->at++;
			continue;
		}
		c = utf8_decode(terms->at, (size_t)(terms->end - terms->at), &size);
		is_alone = utf8_is_unspaced(c);

		/* an apostrophe within a word and a soft hyphen are written or not */
		if (c == 0xAD || (terms->len && (c == '\'' || c == 0x2019))) {
			terms->at += size;
			continue;
		}
		if (!is_word(c) || (is_alone && terms->len)) {
			if (terms->len)
				break;
			terms->at += size;
			continue;
		}
		if (!terms->len) {
			terms->start = terms->at;
			terms->is_capital = fold(c) != c;
		}
		terms->at += size;
		terms->len += utf8_encode(fold(c), terms->word + terms->len);
		terms->is_number = terms->is_number && c < 0x80 && str_is_digit((char)c);
		if (is_alone)
			break;
	}
	terms->word[terms->len] = '\0';
	return terms->len > 0;
}

size_t terms_count(const char *text)
{
	struct terms terms;
	size_t count = 0;

	for (terms_init(&terms, text); terms_next(&terms);)
		count++;
	return count;
}

/* The finaliser of SplitMix64. */
uint64_t terms_mix(uint64_t value)
{
	value += UINT64_C(0x9E3779B97F4A7C15);
	value = (value ^ value >> 30) * UINT64_C(0xBF58476D1CE4E5B9);
	value = (value ^ value >> 27) * UINT64_C(0x94D049BB133111EB);
	return value ^ value >> 31;
}

/* FNV-1a, mixed: its high bits alone are poor for short words. */
uint64_t terms_hash(const char *data, size_t len)
{
	uint64_t hash = UINT64_C(0xCBF29CE484222325);

	for (size_t i = 0; i < len; i++)
		hash = (hash ^ (unsigned char)data[i]) * UINT64_C(0x100000001B3);
	return terms_mix(hash);
}

bool terms_equal(const char *a, const char *b)
{
	struct terms x, y;

	terms_init(&x, a);
	terms_init(&y, b);
	for (;;) {
		bool has_x = terms_next(&x), has_y = terms_next(&y);

		if (!has_x || !has_y)
			return has_x == has_y;
		if (x.len != y.len || memcmp(x.word, y.word, x.len) != 0)
			return false;
	}
}

struct hashes {
	uint64_t *list;
	size_t count, space;
};

static int hash_compare(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

static struct hashes hashes_of(const char *text)
{
	struct hashes hashes = {0};
	struct terms terms;

	for (terms_init(&terms, text); terms_next(&terms);) {
		if (terms.is_number)
			continue;
		ARRAY_GROW(hashes.list, hashes.count, hashes.space);
		hashes.list[hashes.count++] = terms_hash(terms.word, terms.len);
	}
	if (hashes.count)
		qsort(hashes.list, hashes.count, sizeof(*hashes.list), hash_compare);
	return hashes;
}

double terms_difference(const char *a, const char *b)
{
	struct hashes x = hashes_of(a), y = hashes_of(b);
	size_t i = 0, j = 0, same = 0, total = x.count + y.count;

	while (i < x.count && j < y.count) {
		if (x.list[i] == y.list[j]) {
			same += 2;
			i++;
			j++;
		} else if (x.list[i] < y.list[j]) {
			i++;
		} else {
			j++;
		}
	}
	free(x.list);
	free(y.list);
	return total ? (double)(total - same) / (double)total : 0;
}

static void put_folded(const char *text, struct buf *to)
{
	const char *end = text + strlen(text);

	while (text < end) {
		size_t size;
		unsigned c = utf8_decode(text, (size_t)(end - text), &size);

		buf_put_utf8(to, fold(c));
		text += size;
	}
}

bool terms_contain(const char *text, const char *needle)
{
	struct buf a = {0}, b = {0};
	bool is_part;

	pthread_once(&unicode_once, unicode_init);
	put_folded(text ? text : "", &a);
	put_folded(needle ? needle : "", &b);
	is_part = strstr(buf_text(&a), buf_text(&b)) != NULL;
	buf_finish(&a);
	buf_finish(&b);
	return is_part;
}
