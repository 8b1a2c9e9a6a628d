#include "parse/paging.h"

#include "core/buf.h"
#include "core/mem.h"
#include "core/str.h"

#include <stdlib.h>
#include <string.h>

enum { DIGITS_MAX = 3, OFFSET_DIGITS_MAX = 4 };

static const char separators[] = "/?&_,.;=-";

/* What distinguishes the addresses of two pages. */
struct ending {
	unsigned number; /* 1 where there is none */
	bool has_number;
	size_t word;      /* length of the one that announces it */
	const char *rest; /* behind the number */
};

/* Of a word that announces a page's number; 0: there is none. */
static size_t word_len(const char *s)
{
	static const char *const words[] = {"pagenum", "pageno", "paged", "pages", "pagina", "page",
		"seite", "teil", "part", "pg", "pn", "p", "s"};
	size_t i, len;

	for (i = 0; i < ARRAY_LEN(words); i++) {
		len = strlen(words[i]);
		if (str_istarts(s, words[i]) && s[len] &&
			(str_is_digit(s[len]) || strchr(separators, s[len])))
			return len;
	}
	return 0;
}

static struct ending read_ending(const char *s)
{
	struct ending ending = {.number = 1, .rest = s};
	size_t digits = 0, word;
	const char *number = s + strspn(s, separators);

	word = word_len(number);
	number += word;
	number += strspn(number, separators);
	while (str_is_digit(number[digits]))
		digits++;
	if (digits == 0 || digits > DIGITS_MAX)
		return ending;
	ending.number = 0;
	ending.has_number = true;
	ending.word = word;
	ending.rest = number + digits;
	for (; digits > 0; digits--)
		ending.number = ending.number * 10 + (unsigned)(*number++ - '0');
	return ending;
}

/* Of "/story" and "/story/", or "?id=5" and "&id=5", neither says more. */
static bool is_same_rest(const char *a, const char *b)
{
	a += strspn(a, "/?&");
	b += strspn(b, "/?&");
	return str_eq(a, b);
}

/* How much two addresses have in common, less the name and number of a page. */
static size_t common_len(const char *a, const char *b)
{
	size_t len = 0, at;

	while (a[len] && a[len] == b[len])
		len++;
	if (str_is_digit(a[len]) || str_is_digit(b[len])) { /* within a number */
		while (len > 0 && str_is_digit(a[len - 1]))
			len--;
	}
	/* "?page=" is in both: the word is wanted again */
	at = len;
	while (at > 0 && strchr(separators, a[at - 1]))
		at--;
	while (at > 0 && str_is_alpha(a[at - 1]))
		at--;
	if (at > 0 && strchr(separators, a[at - 1]) && word_len(a + at) > 0)
		len = at;
	return len;
}

static bool follows(const char *url, const char *next, unsigned page)
{
	size_t len = common_len(url, next);
	struct ending from = read_ending(url + len), to = read_ending(next + len);

	if (!to.has_number || to.number != from.number + 1 || !is_same_rest(from.rest, to.rest))
		return false;
	/* sites number their articles from 1 too, "?p=7" among them */
	if (to.word <= 1 && from.has_number && page == 1)
		return false;
	if (to.word > 1 || (to.word && !from.has_number))
		return true;
	/* of a version, as in /5.1/manual/, or of another part of the address */
	if (strchr(to.rest + (*to.rest == '/'), '/'))
		return false;
	return from.number == page;
}

/* What a parameter of the query counts from the article's beginning: "start=20"; 0: it does not. */
static size_t offset_digits(const char *parameter, const char **number)
{
	static const char *const names[] = {"start=", "limitstart=", "offset=", "skip="};
	size_t i, digits;

	for (i = 0; i < ARRAY_LEN(names); i++) {
		if (!str_istarts(parameter, names[i]))
			continue;
		*number = parameter + strlen(names[i]);
		digits = strspn(*number, "0123456789");
		if (digits <= OFFSET_DIGITS_MAX &&
			((*number)[digits] == '\0' || (*number)[digits] == '&'))
			return digits;
	}
	return 0;
}

/* The offset in an address, 0 where there is none; the address without it goes to rest. */
static unsigned take_offset(const char *url, struct buf *rest)
{
	const char *at = url + strcspn(url, "?"), *number = NULL;
	unsigned offset = 0;
	size_t len;

	buf_put(rest, url, (size_t)(at - url));
	while (*at) {
		at++;
		len = strcspn(at, "&");
		if (offset_digits(at, &number) > 0)
			offset = (unsigned)strtoul(number, NULL, 10);
		else if (len > 0)
			buf_printf(rest, "&%.*s", (int)len, at);
		at += len;
	}
	return offset;
}

/* Pages that say how far in they begin, not which they are: each is as long as the first. */
static bool follows_by_offset(const char *url, const char *next, unsigned page)
{
	struct buf a = {0}, b = {0};
	unsigned from = take_offset(url, &a), to = take_offset(next, &b);
	bool is_next =
		str_eq(buf_text(&a), buf_text(&b)) && to > from && to * (page - 1) == from * page;

	buf_finish(&a);
	buf_finish(&b);
	return is_next;
}

bool paging_follows(const char *url, const char *next, unsigned page)
{
	char *a = xstrndup(url, strcspn(url, "#")), *b = xstrndup(next, strcspn(next, "#"));
	bool is_next = follows(a, b, page ? page : 1) || follows_by_offset(a, b, page ? page : 1);

	free(a);
	free(b);
	return is_next;
}
