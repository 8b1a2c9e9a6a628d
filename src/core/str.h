/* Small things on NUL-terminated strings. ASCII only where case matters: names of the network are.
 */
#ifndef DIURNA_CORE_STR_H
#define DIURNA_CORE_STR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* space, \t \n \v \f \r; like the following it never depends on the locale */
static inline bool str_is_space(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

static inline bool str_is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static inline bool str_is_alpha(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static inline char str_lower_char(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c + ('a' - 'A')) : c;
}

/* 0 to 15; -1: no digit of a hexadecimal number */
static inline int str_hex_digit(char c)
{
	if (str_is_digit(c))
		return c - '0';
	c = str_lower_char(c);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

bool str_eq(const char *a, const char *b);  /* NULL equals only NULL */
bool str_ieq(const char *a, const char *b); /* ASCII case aside */
bool str_starts(const char *s, const char *prefix);
bool str_istarts(const char *s, const char *prefix);
bool str_ends(const char *s, const char *suffix);
bool str_is_empty(const char *s); /* NULL or "" */
/* ASCII case aside; NULL where needle is not there. */
const char *str_ifind(const char *s, const char *needle);
/* In place; returns its argument. */
char *str_lower(char *s);
char *str_trim(char *s);
/* In place: every run of white space (also U+00A0) becomes one space, none at the ends. */
char *str_collapse(char *s);
/* The whole of s is a decimal number of at most max. */
bool str_to_u64(const char *s, uint64_t max, uint64_t *value);
/*
 * How far apart two words are: Damerau-Levenshtein distance without case, for "did you mean".
 * Over 64 characters each counts as far.
 */
unsigned str_distance(const char *a, const char *b);

#endif
