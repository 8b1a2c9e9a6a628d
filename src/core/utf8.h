/* UTF-8 (RFC 3629): no surrogates, no overlong forms, nothing beyond U+10FFFF. */
#ifndef DIURNA_CORE_UTF8_H
#define DIURNA_CORE_UTF8_H

#include <stdbool.h>
#include <stddef.h>

enum {
	UTF8_BAD = 0xFFFD,
	UTF8_TSHEG = 0x0F0B, /* stands between the syllables of Tibetan, which has no spaces */
};

/*
 * The code point at s, of len bytes at most, and in *size how many bytes it takes. A wrong byte
 * is UTF8_BAD and takes one byte. len must not be zero.
 */
unsigned utf8_decode(const char *s, size_t len, size_t *size);
/* Writes 1 to 4 bytes; a code point that is none is written as U+FFFD. Returns how many. */
size_t utf8_encode(unsigned code_point, char bytes[4]);
bool utf8_is_valid(const char *s, size_t len);
/*
 * Valid UTF-8 in place. Leaves out control characters but NUL, tabs and line ends: of C0, DEL, and
 * of C1, which terminals obey like ESC. The length that is left, with a NUL behind it where that is
 * less.
 */
size_t utf8_drop_controls(char *s, size_t len);
/* The longest prefix of at most max bytes that does not end inside a character. */
size_t utf8_cut(const char *s, size_t len, size_t max);
/* Columns in a terminal: 0 for combining marks, 2 for wide East Asian characters. */
int utf8_width(unsigned code_point);
/* Columns of a whole string. */
size_t utf8_columns(const char *s);
/* Chinese, Japanese (kana) or Korean, or a script that is written without spaces. */
bool utf8_is_unspaced(unsigned code_point);

#endif
