#include "core/str.h"

#include <string.h>

bool str_eq(const char *a, const char *b)
{
	return a && b ? strcmp(a, b) == 0 : a == b;
}

bool str_ieq(const char *a, const char *b)
{
	if (!a || !b)
		return a == b;
	while (*a && str_lower_char(*a) == str_lower_char(*b)) {
		a++;
		b++;
	}
	return str_lower_char(*a) == str_lower_char(*b);
}

bool str_starts(const char *s, const char *prefix)
{
	return strncmp(s, prefix, strlen(prefix)) == 0;
}

bool str_istarts(const char *s, const char *prefix)
{
	while (*prefix) {
		if (str_lower_char(*s++) != str_lower_char(*prefix++))
			return false;
	}
	return true;
}

bool str_ends(const char *s, const char *suffix)
{
	size_t len = strlen(s), suffix_len = strlen(suffix);

	return len >= suffix_len && memcmp(s + len - suffix_len, suffix, suffix_len) == 0;
}

bool str_is_empty(const char *s)
{
	return !s || !*s;
}

const char *str_ifind(const char *s, const char *needle)
{
	char first = str_lower_char(*needle);

	for (; *s; s++) {
		if (str_lower_char(*s) == first && str_istarts(s, needle))
			return s;
	}
	return *needle ? NULL : s;
}

char *str_lower(char *s)
{
	char *p;

	for (p = s; *p; p++)
		*p = str_lower_char(*p);
	return s;
}

char *str_trim(char *s)
{
	size_t len = strlen(s), start = 0;

	while (len > 0 && str_is_space(s[len - 1]))
		len--;
	while (start < len && str_is_space(s[start]))
		start++;
	memmove(s, s + start, len - start);
	s[len - start] = '\0';
	return s;
}

char *str_collapse(char *s)
{
	char *to = s;
	const char *from = s;
	bool gap = false;

	while (*from) {
		if (str_is_space(*from)) {
			gap = true;
			from++;
		} else if (from[0] == '\xC2' && from[1] == '\xA0') {
			gap = true;
			from += 2;
		} else {
			if (gap && to > s)
				*to++ = ' ';
			gap = false;
			*to++ = *from++;
		}
	}
	*to = '\0';
	return s;
}

bool str_to_u64(const char *s, uint64_t max, uint64_t *value)
{
	uint64_t n = 0;

	if (str_is_empty(s))
		return false;
	for (; *s; s++) {
		if (!str_is_digit(*s) || __builtin_mul_overflow(n, 10u, &n) ||
			__builtin_add_overflow(n, (uint64_t)(*s - '0'), &n))
			return false;
	}
	if (n > max)
		return false;
	*value = n;
	return true;
}

unsigned str_distance(const char *a, const char *b)
{
	enum { MAX = 64 };
	unsigned row[3][MAX + 1], *before = row[0], *above = row[1], *now = row[2], *spare;
	size_t a_len = strlen(a), b_len = strlen(b), i, j;

	if (a_len > MAX || b_len > MAX)
		return MAX;
	for (j = 0; j <= b_len; j++)
		above[j] = before[j] = (unsigned)j;
	for (i = 1; i <= a_len; i++) {
		now[0] = (unsigned)i;
		for (j = 1; j <= b_len; j++) {
			char x = str_lower_char(a[i - 1]), y = str_lower_char(b[j - 1]);
			unsigned cost = above[j - 1] + (x != y);

			cost = above[j] + 1 < cost ? above[j] + 1 : cost;
			cost = now[j - 1] + 1 < cost ? now[j - 1] + 1 : cost;
			if (i > 1 && j > 1 && x == str_lower_char(b[j - 2]) &&
				y == str_lower_char(a[i - 2]) && before[j - 2] + 1 < cost)
				cost = before[j - 2] + 1;
			now[j] = cost;
		}
		spare = before;
		before = above;
		above = now;
		now = spare;
	}
	return above[b_len];
}
