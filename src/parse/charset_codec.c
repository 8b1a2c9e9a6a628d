#include "parse/charset_codec.h"

#include "core/mem.h"
#include "core/str.h"
#include "core/utf8.h"

#include <errno.h>
#include <iconv.h>
#include <stdint.h>
#include <string.h>

/* A charset whose bytes are characters. Own tables: iconv calls bytes wrong that browsers read. */
struct single_byte {
	const char *name;
	const char *labels;    /* squeezed, each between spaces */
	const uint16_t *table; /* code points of the bytes from first on; U+FFFD: none */
	int first;             /* below it bytes are ASCII */
};

#include "parse/charset_tables.h"

/* Several bytes a character, by iconv. */
static struct multi_byte {
	const char *name;
	const char *iconv_name; /* the superset that browsers read it as */
	const char *labels;
	iconv_t converter; /* opened by charset_open_all; -1: cannot be had */
	bool is_open;
} multi_bytes[] = {
	{.name = "gb18030",
		.iconv_name = "GB18030",
		.labels =
			" gb18030 chinese csgb2312 csiso58gb231280 gb2312 gb231280 gbk isoir58 xgbk "
			"cp936 ms936 euccn gb23121980 936 "},
	{.name = "big5",
		.iconv_name = "BIG5-HKSCS",
		.labels = " big5 big5hkscs cnbig5 csbig5 xxbig5 cp950 big5tw hkscs ms950 950 "},
	{.name = "euc-jp",
		.iconv_name = "EUC-JP",
		.labels = " cseucpkdfmtjapanese eucjp xeucjp ujis cp51932 "},
	{.name = "iso-2022-jp",
		.iconv_name = "ISO-2022-JP",
		.labels = " csiso2022jp iso2022jp iso2022jp1 iso2022jp2 jis "},
	{.name = "shift_jis",
		.iconv_name = "CP932",
		.labels = " csshiftjis ms932 mskanji shiftjis sjis windows31j xsjis cp932 932 "},
	{.name = "euc-kr",
		.iconv_name = "CP949",
		.labels = " cseuckr csksc56011987 euckr isoir149 korean ksc56011987 ksc56011989 "
			  "ksc5601 windows949 cp949 uhc ms949 949 ks56011987 "},
};

static const struct {
	const char *name, *labels;
} unicodes[] = {
	{"utf-8", " unicode11utf8 unicode20utf8 utf8 xunicode20utf8 utf8sig cp65001 u8 "},
	{"utf-16le", " csunicode iso10646ucs2 ucs2 unicode unicodefeff utf16 utf16le u16 "},
	{"utf-16be", " unicodefffe utf16be "},
	{"utf-32le", " utf32le u32 utf32 ucs4 iso10646ucs4 "},
	{"utf-32be", " utf32be "},
};

const char *charset_by_label(const char *label)
{
	char key[40] = " ";
	size_t n = 1, i;

	if (!label)
		return NULL;
	for (; *label && *label != ':'; label++) { /* iso_8859-9:1989 */
		if (!str_is_alpha(*label) && !str_is_digit(*label))
			continue;
		if (n >= sizeof(key) - 2)
			return NULL;
		key[n++] = str_lower_char(*label);
	}
	if (n == 1)
		return NULL;
	key[n++] = ' ';
	key[n] = '\0';
	for (i = 0; i < ARRAY_LEN(unicodes); i++) {
		if (strstr(unicodes[i].labels, key))
			return unicodes[i].name;
	}
	for (i = 0; i < ARRAY_LEN(multi_bytes); i++) {
		if (strstr(multi_bytes[i].labels, key))
			return multi_bytes[i].name;
	}
	for (i = 0; i < ARRAY_LEN(single_bytes); i++) {
		if (strstr(single_bytes[i].labels, key))
			return single_bytes[i].name;
	}
	return NULL;
}

/* A character that text may hold: control characters are dropped, all but tab and line breaks. */
static bool is_kept(unsigned c)
{
	return c >= 0x20 ? c < 0x7F || c >= 0xA0 : c == '\t' || c == '\n' || c == '\r' || c == '\f';
}

static bool is_plain(unsigned char c)
{
	return (c >= 0x20 && c < 0x7F) || c == '\n' || c == '\t';
}

/* Length of the run of bytes at p that need no look. */
static size_t plain_run(const char *p, const char *end)
{
	const char *start = p;
	uint64_t word;

	while (p < end) {
		while (end - p >= 8) {
			memcpy(&word, p, 8);
			/* any byte below 0x20, 0x7F, or above ASCII */
			if ((word | (word - 0x2020202020202020u) | (word + 0x0101010101010101u)) &
				0x8080808080808080u)
				break;
			p += 8;
		}
		if (p == end || !is_plain((unsigned char)*p))
			break;
		p++;
	}
	return (size_t)(p - start);
}

/*
 * A character above U+FFFF as two surrogates of three bytes each (CESU-8): databases that took
 * UTF-8 for UTF-16 hand out emoji so. 0: p is at none.
 */
static size_t surrogate_pair(const char *p, size_t len, unsigned *c)
{
	const unsigned char *b = (const unsigned char *)p;

	if (len < 6 || b[0] != 0xED || b[1] < 0xA0 || b[1] > 0xAF || b[3] != 0xED || b[4] < 0xB0 ||
		b[4] > 0xBF || (b[2] & 0xC0) != 0x80 || (b[5] & 0xC0) != 0x80)
		return 0;
	*c = 0x10000 + ((unsigned)(b[1] & 0x0F) << 16 | (unsigned)(b[2] & 0x3F) << 10 |
			       (unsigned)(b[4] & 0x0F) << 6 | (unsigned)(b[5] & 0x3F));
	return 6;
}

void charset_count_utf8(const char *body, size_t len, size_t *good, size_t *bad)
{
	const char *p = body, *end = body + len;
	size_t size, pair;
	unsigned c;

	*good = *bad = 0;
	while (p < end) {
		p += plain_run(p, end);
		if (p == end)
			break;
		if ((unsigned char)*p < 0x80) {
			p++;
			continue;
		}
		utf8_decode(p, (size_t)(end - p), &size);
		pair = size == 1 ? surrogate_pair(p, (size_t)(end - p), &c) : 0;
		if (size > 1 || pair > 0)
			++*good;
		else
			++*bad;
		p += pair > 0 ? pair : size;
	}
}

size_t charset_count_high(const char *body, size_t len)
{
	size_t count = 0, i;

	for (i = 0; i < len; i++)
		count += (unsigned char)body[i] >> 7;
	return count;
}

/* UTF-8 to clean UTF-8, but for what windows-1252 leaves free: a character that was encoded twice
 * may have it. Bad bytes go through table (of 128), or become U+FFFD. */
static void put_clean(const char *body, size_t len, const uint16_t *table, struct buf *utf8)
{
	const char *p = body, *end = body + len;
	size_t size, run, pair;
	unsigned c;

	buf_reserve(utf8, len + 16);
	while (p < end) {
		run = plain_run(p, end);
		if (run > 0) {
			buf_put(utf8, p, run);
			p += run;
			continue;
		}
		c = utf8_decode(p, (size_t)(end - p), &size);
		pair = size == 1 ? surrogate_pair(p, (size_t)(end - p), &c) : 0;
		if (pair > 0)
			size = pair;
		else if (size == 1 && (unsigned char)*p >= 0x80)
			c = table ? table[(unsigned char)*p - 128] : UTF8_BAD;
		else if (c >= 0x80 &&
			 c < 0xA0) /* windows-1252 that was called Latin-1 on its way */
			c = table_windows_1252[c - 0x80];
		if (is_kept(c) || (c >= 0x80 && c < 0xA0))
			buf_put_utf8(utf8, c);
		p += size;
	}
}

void charset_drop_controls(struct buf *utf8)
{
	const char *s = buf_text(utf8), *end = s + utf8->len;

	while ((s = memchr(s, 0xC2, (size_t)(end - s))) != NULL) {
		if ((unsigned char)*++s < 0xA0) {
			utf8->len = utf8_drop_controls(utf8->data, utf8->len);
			return;
		}
	}
}

void charset_put_utf8(const char *body, size_t len, struct buf *utf8)
{
	put_clean(body, len, NULL, utf8);
}

void charset_put_mixed(const char *body, size_t len, struct buf *utf8)
{
	put_clean(body, len, table_windows_1252, utf8);
}

static size_t decode_single(
	const struct single_byte *charset, const char *body, size_t len, struct buf *utf8)
{
	size_t i, n = 0, bad = 0;
	char *to = buf_reserve(utf8, len * 3);

	for (i = 0; i < len; i++) {
		unsigned char byte = (unsigned char)body[i];
		unsigned c = byte < charset->first ? byte : charset->table[byte - charset->first];

		bad += c == UTF8_BAD;
		if (c == 0x85 && charset->first == 0) /* EBCDIC's new line */
			c = '\n';
		if (c < 0x80 && is_kept(c))
			to[n++] = (char)c;
		else if (is_kept(c))
			n += utf8_encode(c, to + n);
	}
	buf_added(utf8, n);
	return bad;
}

/* UTF-16 or UTF-32, either way round. A lone surrogate or half a unit is one U+FFFD. */
static size_t decode_wide(bool is_big, size_t unit, const char *body, size_t len, struct buf *utf8)
{
	const unsigned char *p = (const unsigned char *)body;
	size_t bad = 0, i, k;
	unsigned c, high = 0;

	for (i = 0; i + unit <= len; i += unit) {
		for (c = 0, k = 0; k < unit; k++)
			c |= (unsigned)p[i + k] << 8 * (is_big ? unit - 1 - k : k);
		if (high && c >= 0xDC00 && c < 0xE000) {
			c = 0x10000 + ((high - 0xD800) << 10) + (c - 0xDC00);
			high = 0;
		} else if (high) {
			bad++;
			buf_put_utf8(utf8, UTF8_BAD);
			high = 0;
		}
		if (unit == 2 && c >= 0xD800 && c < 0xDC00) {
			high = c;
			continue;
		}
		bad += c > 0x10FFFF || (c >= 0xD800 && c < 0xE000);
		if (is_kept(c))
			buf_put_utf8(utf8, c > 0x10FFFF ? UTF8_BAD : c);
	}
	if (high || i < len) {
		bad++;
		buf_put_utf8(utf8, UTF8_BAD);
	}
	return bad;
}

static size_t decode_multi(
	struct multi_byte *charset, const char *body, size_t len, struct buf *utf8)
{
	char *in = (char *)(uintptr_t)body, *out;
	struct buf raw = {0};
	size_t bad = 0, space, n;

	if (!charset->is_open || charset->converter == (iconv_t)-1) {
		charset_put_mixed(body, len, utf8);
		return charset_count_high(body, len);
	}
	iconv(charset->converter, NULL, NULL, NULL, NULL);
	while (len > 0) {
		space = len * 2 + 64;
		out = buf_reserve(&raw, space);
		errno = 0;
		n = iconv(charset->converter, &in, &len, &out, &space);
		buf_added(&raw, (size_t)(out - (raw.data + raw.len)));
		if (n != (size_t)-1)
			break;
		if (errno == E2BIG)
			continue;
		bad++; /* EILSEQ in the middle, EINVAL at the end: the byte is skipped */
		buf_put_utf8(&raw, UTF8_BAD);
		in++;
		len--;
	}
	charset_put_utf8(buf_text(&raw), raw.len, utf8);
	buf_finish(&raw);
	return bad;
}

size_t charset_decode(const char *charset, const char *body, size_t len, struct buf *utf8)
{
	size_t good, bad, i;

	for (i = 0; i < ARRAY_LEN(single_bytes); i++) {
		if (single_bytes[i].name == charset || str_eq(single_bytes[i].name, charset))
			return decode_single(&single_bytes[i], body, len, utf8);
	}
	for (i = 0; i < ARRAY_LEN(multi_bytes); i++) {
		if (str_eq(multi_bytes[i].name, charset))
			return decode_multi(&multi_bytes[i], body, len, utf8);
	}
	if (str_starts(charset, "utf-16"))
		return decode_wide(charset[6] == 'b', 2, body, len, utf8);
	if (str_starts(charset, "utf-32"))
		return decode_wide(charset[6] == 'b', 4, body, len, utf8);
	charset_count_utf8(body, len, &good, &bad);
	charset_put_utf8(body, len, utf8);
	return bad;
}

void charset_open_all(void)
{
	size_t i;

	for (i = 0; i < ARRAY_LEN(multi_bytes); i++) {
		if (multi_bytes[i].is_open)
			continue;
		multi_bytes[i].converter = iconv_open("UTF-8", multi_bytes[i].iconv_name);
		multi_bytes[i].is_open = true;
	}
}
