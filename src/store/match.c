#include "store/match.h"

#include "core/buf.h"
#include "core/mem.h"
#include "core/str.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

static const char *const columns[] = {"title", "text", "author"};

/* Part of a word without quotes: FTS5, 3.1. */
static bool is_bare(char c)
{
	return (unsigned char)c >= 0x80 || c == '_' || str_is_digit(c) || str_is_alpha(c);
}

/* Length of a run of such. */
static size_t bare_len(const char *s)
{
	size_t len = 0;

	while (s[len] && is_bare(s[len]))
		len++;
	return len;
}

/* "title:", perhaps with a minus before it, or "{title text}:"; its length, 0: no column. */
static size_t column_len(const char *s)
{
	size_t minus = *s == '-';
	const char *end = s[minus] == '{' ? strstr(s, "}:") : NULL;

	if (end)
		return (size_t)(end - s) + 2;
	for (size_t i = 0; i < ARRAY_LEN(columns); i++) {
		size_t len = strlen(columns[i]);

		if (strncasecmp(s + minus, columns[i], len) == 0 && s[minus + len] == ':')
			return minus + len + 1;
	}
	return 0;
}

/* A phrase between quotes, two of which stand for one. All of it when it has no end. */
static size_t phrase_len(const char *s)
{
	size_t len = 1;

	while (s[len] && (s[len] != '"' || s[len + 1] == '"'))
		len += s[len] == '"' ? 2 : 1;
	return len + (s[len] == '"');
}

/* "body:word": a mistake that FTS5 has a name for. "https://" and "10:30" are words. */
static bool is_unknown_column(const char *word, size_t len)
{
	size_t name = bare_len(word);

	return str_is_alpha(*word) && name < len && word[name] == ':' && name + 1 < len &&
	       name + 1 + bare_len(word + name + 1) >= len;
}

static void put_word(const char *word, size_t len, struct buf *to)
{
	bool is_beginning = len > 1 && word[len - 1] == '*';
	size_t name = len - is_beginning;

	if (bare_len(word) >= name || *word == '*' || is_unknown_column(word, name)) {
		buf_put(to, word, len);
		return;
	}
	for (size_t i = 0; i <= name; i++) {
		if (i == name)
			return; /* nothing in it that is written in words */
		if (is_bare(word[i]))
			break;
	}
	buf_putc(to, '"');
	buf_put(to, word, name);
	buf_puts(to, is_beginning ? "\"*" : "\"");
}

/* A word ends where white space is, or what has a meaning of its own. */
static size_t word_len(const char *s)
{
	return strcspn(s, " \t\r\n\"(){},^");
}

char *match_spell(const char *typed)
{
	const char *s = typed;
	struct buf to = {0};
	int depth = 0, near_depth = 0; /* of brackets, and of those of a NEAR; 0: in none */

	while (*s) {
		size_t len;

		if ((len = column_len(s)) > 0) {
			buf_put(&to, s, len);
		} else if (*s == '"') {
			len = phrase_len(s);
			buf_put(&to, s, len);
		} else if ((len = word_len(s)) > 0) {
			/* between words or phrases: one behind the other */
			bool is_plus = len == 1 && *s == '+';

			if (len == 4 && memcmp(s, "NEAR", len) == 0 && s[len] == '(')
				near_depth = depth + 1;
			if (is_plus || (*s == '*' && s > typed && s[-1] == '"'))
				buf_put(&to, s, len);
			else
				put_word(s, len, &to);
		} else {
			len = 1;
			depth += (*s == '(') - (*s == ')');
			if (depth < near_depth)
				near_depth = 0;
			buf_putc(&to, *s == ',' && !near_depth ? ' ' : *s);
		}
		s += len;
	}
	buf_puts(&to, "");
	return buf_take(&to);
}

void match_explain(const char *message, char *sentence, unsigned long size)
{
	static const char column[] = "no such column: ", fts5[] = "fts5: ";

	if (strcmp(message, "fts5: syntax error near \"\"") == 0)
		snprintf(sentence, size, "something is missing at its end");
	else if (strncmp(message, "unknown special query", 21) == 0)
		snprintf(sentence, size, "a * stands behind the beginning of a word, as in econ*");
	else if (strncmp(message, column, sizeof(column) - 1) == 0)
		snprintf(sentence, size,
			"there is no column %s, but title, text and author; between quotes it is "
			"looked for",
			message + sizeof(column) - 1);
	else
		snprintf(sentence, size, "%s",
			strncmp(message, fts5, sizeof(fts5) - 1) == 0 ? message + sizeof(fts5) - 1
								      : message);
}
