#include "core/utf8.h"

#include <stdint.h>
#include <string.h>

#include "core/mem.h"

unsigned utf8_decode(const char *s, size_t len, size_t *size)
{
	const unsigned char *p = (const unsigned char *)s;
	unsigned c = p[0], need, min, i;

	*size = 1;
	if (c < 0x80)
		return c;
	if (c >= 0xC2 && c <= 0xDF) {
		need = 1, min = 0x80, c &= 0x1F;
	} else if (c >= 0xE0 && c <= 0xEF) {
		need = 2, min = 0x800, c &= 0x0F;
	} else if (c >= 0xF0 && c <= 0xF4) {
		need = 3, min = 0x10000, c &= 0x07;
	} else {
		return UTF8_BAD;
	}
	if (len <= need)
		return UTF8_BAD;
	for (i = 1; i <= need; i++) {
		if ((p[i] & 0xC0) != 0x80)
			return UTF8_BAD;
		c = c << 6 | (p[i] & 0x3F);
	}
	if (c < min || c > 0x10FFFF || (c >= 0xD800 && c <= 0xDFFF))
		return UTF8_BAD;
	*size = need + 1;
	return c;
}

size_t utf8_encode(unsigned c, char bytes[4])
{
	if (c > 0x10FFFF || (c >= 0xD800 && c <= 0xDFFF))
		c = UTF8_BAD;
	if (c < 0x80) {
		bytes[0] = (char)c;
		return 1;
	}
	if (c < 0x800) {
		bytes[0] = (char)(0xC0 | c >> 6);
		bytes[1] = (char)(0x80 | (c & 0x3F));
		return 2;
	}
	if (c < 0x10000) {
		bytes[0] = (char)(0xE0 | c >> 12);
		bytes[1] = (char)(0x80 | (c >> 6 & 0x3F));
		bytes[2] = (char)(0x80 | (c & 0x3F));
		return 3;
	}
	bytes[0] = (char)(0xF0 | c >> 18);
	bytes[1] = (char)(0x80 | (c >> 12 & 0x3F));
	bytes[2] = (char)(0x80 | (c >> 6 & 0x3F));
	bytes[3] = (char)(0x80 | (c & 0x3F));
	return 4;
}

bool utf8_is_valid(const char *s, size_t len)
{
	size_t i = 0, size;
	uint64_t word;

	while (i < len) {
		/* Eight ASCII bytes at a time: most of a feed. */
		while (len - i >= sizeof(word)) {
			memcpy(&word, s + i, sizeof(word));
			if (word & 0x8080808080808080u)
				break;
			i += sizeof(word);
		}
		if (i >= len)
			break;
		if ((unsigned char)s[i] < 0x80) {
			i++;
			continue;
		}
		utf8_decode(s + i, len - i, &size);
		if (size == 1)
			return false;
		i += size;
	}
	return true;
}

size_t utf8_cut(const char *s, size_t len, size_t max)
{
	if (len <= max)
		return len;
	while (max > 0 && ((unsigned char)s[max] & 0xC0) == 0x80)
		max--;
	return max;
}

struct range {
	unsigned first, last;
};

static bool in_ranges(unsigned c, const struct range *ranges, size_t count)
{
	size_t low = 0, high = count, mid;

	while (low < high) {
		mid = (low + high) / 2;
		if (c > ranges[mid].last)
			low = mid + 1;
		else if (c < ranges[mid].first)
			high = mid;
		else
			return true;
	}
	return false;
}

/* Unicode 15: general categories Mn and Me of the scripts in common use, and format characters. */
static const struct range zero_width[] = {
	{0x0300, 0x036F},
	{0x0483, 0x0489},
	{0x0591, 0x05BD},
	{0x05BF, 0x05BF},
	{0x05C1, 0x05C2},
	{0x05C4, 0x05C5},
	{0x0610, 0x061A},
	{0x064B, 0x065F},
	{0x0670, 0x0670},
	{0x06D6, 0x06DC},
	{0x06DF, 0x06E4},
	{0x06E7, 0x06E8},
	{0x06EA, 0x06ED},
	{0x0900, 0x0902},
	{0x093A, 0x093A},
	{0x093C, 0x093C},
	{0x0941, 0x0948},
	{0x094D, 0x094D},
	{0x0E31, 0x0E31},
	{0x0E34, 0x0E3A},
	{0x0E47, 0x0E4E},
	{0x1AB0, 0x1AFF},
	{0x1DC0, 0x1DFF},
	{0x200B, 0x200F},
	{0x202A, 0x202E},
	{0x2060, 0x206F},
	{0x20D0, 0x20F0},
	{0x302A, 0x302D},
	{0x3099, 0x309A},
	{0xFE00, 0xFE0F},
	{0xFE20, 0xFE2F},
	{0xFEFF, 0xFEFF},
	{0xE0100, 0xE01EF},
};

/* Unicode 15, EastAsianWidth W and F, neighbouring ranges joined. */
static const struct range double_width[] = {
	{0x1100, 0x115F},
	{0x231A, 0x231B},
	{0x2329, 0x232A},
	{0x23E9, 0x23EC},
	{0x23F0, 0x23F0},
	{0x23F3, 0x23F3},
	{0x2427, 0x243F},
	{0x244B, 0x245F},
	{0x25FD, 0x25FE},
	{0x2614, 0x2615},
	{0x2648, 0x2653},
	{0x267F, 0x267F},
	{0x2693, 0x2693},
	{0x26A1, 0x26A1},
	{0x26AA, 0x26AB},
	{0x26BD, 0x26BE},
	{0x26C4, 0x26C5},
	{0x26CE, 0x26CE},
	{0x26D4, 0x26D4},
	{0x26EA, 0x26EA},
	{0x26F2, 0x26F3},
	{0x26F5, 0x26F5},
	{0x26FA, 0x26FA},
	{0x26FD, 0x26FD},
	{0x2705, 0x2705},
	{0x270A, 0x270B},
	{0x2728, 0x2728},
	{0x274C, 0x274C},
	{0x274E, 0x274E},
	{0x2753, 0x2755},
	{0x2757, 0x2757},
	{0x2795, 0x2797},
	{0x27B0, 0x27B0},
	{0x27BF, 0x27BF},
	{0x2B1B, 0x2B1C},
	{0x2B50, 0x2B50},
	{0x2B55, 0x2B55},
	{0x2B74, 0x2B75},
	{0x2B96, 0x2B96},
	{0x2E80, 0x303E},
	{0x3041, 0x33FF},
	{0x3400, 0x4DBF},
	{0x4E00, 0x9FFF},
	{0xA000, 0xA4CF},
	{0xA960, 0xA97F},
	{0xAC00, 0xD7A3},
	{0xF900, 0xFAFF},
	{0xFE30, 0xFE6F},
	{0xFF00, 0xFF60},
	{0xFFE0, 0xFFE6},
	{0x16FE0, 0x18AFF},
	{0x1B000, 0x1B2FF},
	{0x1F300, 0x1F64F},
	{0x1F680, 0x1F6FF},
	{0x1F900, 0x1F9FF},
	{0x1FA70, 0x1FAFF},
	{0x20000, 0x2FFFD},
	{0x30000, 0x3FFFD},
};

/* Han, kana, Thai, Lao, Khmer, Myanmar; Korean puts spaces between words. */
static const struct range unspaced[] = {
	{0x0E01, 0x0EFF},
	{0x1000, 0x109F},
	{0x1780, 0x17FF},
	{0x2E80, 0x2FDF},
	{0x3040, 0x30FF},
	{0x3400, 0x4DBF},
	{0x4E00, 0x9FFF},
	{0xF900, 0xFAFF},
	{0x20000, 0x3FFFD},
};

int utf8_width(unsigned c)
{
	if (c < 0x20 || (c >= 0x7F && c < 0xA0))
		return 0;
	if (c < 0x300)
		return 1;
	if (in_ranges(c, zero_width, ARRAY_LEN(zero_width)))
		return 0;
	return in_ranges(c, double_width, ARRAY_LEN(double_width)) ? 2 : 1;
}

size_t utf8_columns(const char *s)
{
	size_t len = strlen(s), size, columns = 0;

	while (len > 0) {
		columns += (size_t)utf8_width(utf8_decode(s, len, &size));
		s += size;
		len -= size;
	}
	return columns;
}

bool utf8_is_unspaced(unsigned c)
{
	return c >= 0x0E01 && in_ranges(c, unspaced, ARRAY_LEN(unspaced));
}

/* The bytes of a control character that stands there; 0: none does. */
static size_t control_bytes(const char *s, size_t left)
{
	unsigned char c = (unsigned char)*s;

	if (c == 0xC2)
		return left > 1 && (unsigned char)s[1] < 0xA0 ? 2 : 0;
	return (c < 0x20 && c && c != '\t' && c != '\n' && c != '\r') || c == 0x7F;
}

size_t utf8_drop_controls(char *s, size_t len)
{
	size_t from, to, control;

	for (from = 0; from < len && !control_bytes(s + from, len - from); from++)
		continue;
	if (from == len)
		return len;
	for (to = from; from < len;) {
		control = control_bytes(s + from, len - from);
		if (control)
			from += control;
		else
			s[to++] = s[from++];
	}
	s[to] = '\0';
	return to;
}
