#include "store/match.h"

#include "core/buf.h"
#include "core/mem.h"
#include "core/str.h"
#include "core/terms.h"

#include <sqlite3.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
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

/* What stood before. */
enum before {
	BEFORE_OPERATOR, /* or the beginning, a column, a bracket: something has to follow */
	BEFORE_AND,
	BEFORE_WORD,    /* or a phrase */
	BEFORE_BRACKET, /* a closing one */
};

struct spelling {
	struct buf to, without; /* what is looked for; what must not be there */
	size_t and_at;          /* where in to the last AND begins, with BEFORE_AND */
	enum before before;
	int depth, near_depth; /* of brackets, and of those of a NEAR; 0: in none */
};

/* FTS5 has an AND between two words by itself, but not beside brackets. */
static void put_missing_and(struct spelling *spelling, bool is_bracket)
{
	if (spelling->near_depth == 0 && (spelling->before == BEFORE_BRACKET ||
						 (is_bracket && spelling->before == BEFORE_WORD)))
		buf_puts(&spelling->to, " AND ");
}

/* "a AND NOT b" is "a NOT b". */
static void drop_and(struct spelling *spelling)
{
	if (spelling->before == BEFORE_AND)
		buf_truncate(&spelling->to, spelling->and_at);
}

/* A minus before a word or a phrase, as at other places where one searches; not in brackets. */
static bool is_minus(const struct spelling *spelling, const char *typed, const char *s)
{
	return *s == '-' && spelling->depth == 0 && (s == typed || str_is_space(s[-1])) &&
	       (s[1] == '"' || is_bare(s[1]));
}

/* An operand, but for a bracket; its length, 0: there is none here. */
static size_t put_operand(struct spelling *spelling, const char *s, struct buf *to)
{
	size_t len = *s == '"' ? phrase_len(s) : word_len(s);

	if (len == 0)
		return 0;
	if (*s == '"')
		buf_put(to, s, len);
	else
		put_word(s, len, to);
	spelling->before = BEFORE_WORD;
	return len;
}

/* The same, with an AND where it needs one. A mark that stands alone is left out. */
static size_t put_wanted(struct spelling *spelling, const char *s)
{
	enum before before = spelling->before;
	size_t start = spelling->to.len, joined, len;

	put_missing_and(spelling, false);
	joined = spelling->to.len;
	len = put_operand(spelling, s, &spelling->to);
	if (spelling->to.len == joined) {
		buf_truncate(&spelling->to, start);
		spelling->before = before;
	}
	return len;
}

/* What a minus stands before: "word", "word*", "title:word", a phrase. */
static size_t put_without(struct spelling *spelling, const char *s)
{
	enum before before = spelling->before;
	size_t len = column_len(s);

	drop_and(spelling);
	buf_puts(&spelling->without, spelling->without.len ? " OR " : "");
	buf_put(&spelling->without, s, len);
	len += put_operand(spelling, s + len, &spelling->without);
	if (s[len] == '*' && s[len - 1] == '"') {
		buf_putc(&spelling->without, '*');
		len++;
	}
	spelling->before = before == BEFORE_AND ? BEFORE_BRACKET : before;
	return len;
}

static bool is_operator(const char *s, size_t len, const char *name)
{
	return len == strlen(name) && memcmp(s, name, len) == 0;
}

/* A word that has a meaning between others; its length, 0: it is none. */
static size_t put_operator(struct spelling *spelling, const char *s)
{
	size_t len = word_len(s);
	bool is_and = is_operator(s, len, "AND"), is_not = is_operator(s, len, "NOT");

	/* between words or phrases a plus: one behind the other */
	if (!is_and && !is_not && !is_operator(s, len, "OR") && !is_operator(s, len, "+"))
		return 0;
	if (is_not)
		drop_and(spelling);
	spelling->and_at = spelling->to.len;
	spelling->before = is_and ? BEFORE_AND : BEFORE_OPERATOR;
	buf_put(&spelling->to, s, len);
	return len;
}

static void put_mark(struct spelling *spelling, char mark)
{
	if (mark == '(') {
		put_missing_and(spelling, true);
		spelling->depth++;
		spelling->before = BEFORE_OPERATOR;
	} else if (mark == ')') {
		spelling->depth--;
		if (spelling->depth < spelling->near_depth)
			spelling->near_depth = 0;
		spelling->before = BEFORE_BRACKET;
	} else if (mark == '^') {
		put_missing_and(spelling, false);
		spelling->before = BEFORE_OPERATOR;
	}
	buf_putc(&spelling->to, mark == ',' && !spelling->near_depth ? ' ' : mark);
}

char *match_spell(const char *typed)
{
	struct spelling spelling = {0};
	const char *s = typed;
	struct buf whole = {0};

	while (*s) {
		size_t len;

		if (is_minus(&spelling, typed, s)) {
			len = 1 + put_without(&spelling, s + 1);
		} else if ((len = column_len(s)) > 0) {
			put_missing_and(&spelling, false);
			buf_put(&spelling.to, s, len);
			spelling.before = BEFORE_OPERATOR;
		} else if (word_len(s) == 4 && memcmp(s, "NEAR(", 5) == 0) {
			put_missing_and(&spelling, false);
			buf_puts(&spelling.to, "NEAR");
			spelling.before = BEFORE_OPERATOR;
			spelling.near_depth = spelling.depth + 1;
			len = 4;
		} else if (*s == '*' && s > typed && s[-1] == '"') {
			len = 1;
			buf_putc(&spelling.to, *s);
		} else if ((len = put_operator(&spelling, s)) == 0 &&
			   (len = put_wanted(&spelling, s)) == 0) {
			put_mark(&spelling, *s);
			len = 1;
		}
		s += len;
	}
	if (spelling.without.len == 0)
		return buf_take(&spelling.to);
	buf_printf(&whole, spelling.before == BEFORE_OPERATOR ? "%s NOT (%s)" : "(%s) NOT (%s)",
		buf_text(&spelling.to), buf_text(&spelling.without));
	buf_finish(&spelling.to);
	buf_finish(&spelling.without);
	return buf_take(&whole);
}

void match_explain(const char *message, char *sentence, unsigned long size)
{
	/* beginning of a message, and what it means; NULL: what stands behind it */
	static const struct {
		const char *said, *meant;
	} known[] = {
		{"fts5: syntax error near \"\"", "something is missing at its end"},
		{"fts5: syntax error near \"NOT\"",
			"NOT and - stand before what must not be there, and what is looked for "
			"stands before them"},
		{"fts5: syntax error near \"AND\"", "AND stands between two that are looked for"},
		{"fts5: syntax error near \"OR\"", "OR stands between two that are looked for"},
		{"fts5: syntax error near \")\"",
			"something is missing before a bracket, or it closes none"},
		{"fts5: parser stack overflow", "its brackets are too deep"},
		{"expected integer", "the distance is a number, as in NEAR(port strike, 5)"},
		{"unterminated string", "its quotes do not pair up"},
		{"unknown special query", "a * stands behind the beginning of a word, as in econ*"},
		{"fts5: ", NULL},
		{"", NULL},
	};
	static const char column[] = "no such column: ";
	size_t i = 0;

	if (str_starts(message, column)) {
		snprintf(sentence, size,
			"there is no column %s, but title, text and author; between quotes it is "
			"looked for",
			message + sizeof(column) - 1);
		return;
	}
	while (!str_starts(message, known[i].said))
		i++;
	snprintf(sentence, size, "%s",
		known[i].meant ? known[i].meant : message + strlen(known[i].said));
}

/* Empty: FTS5 understands it, and there is a word in it. */
static void try_query(sqlite3_stmt *try, const char *match, char *sentence, unsigned long size)
{
	char *spelled = match_spell(match);

	sentence[0] = '\0';
	sqlite3_bind_text(try, 1, spelled, -1, SQLITE_STATIC);
	if (terms_count(match) == 0)
		snprintf(sentence, size, "there is no word in it");
	else if (sqlite3_step(try) == SQLITE_ERROR)
		match_explain(sqlite3_errmsg(sqlite3_db_handle(try)), sentence, size);
	sqlite3_reset(try);
	sqlite3_clear_bindings(try);
	free(spelled);
}

enum status match_check(const struct config *config,
	void (*on_wrong)(
		void *context, int line, const char *what, const char *match, const char *sentence),
	void *context)
{
	sqlite3_stmt *try = NULL;
	sqlite3 *db = NULL;
	char sentence[256];
	bool is_ready = sqlite3_open(":memory:", &db) == SQLITE_OK &&
			sqlite3_exec(db, "CREATE VIRTUAL TABLE t USING fts5 (title, text, author)",
				NULL, NULL, NULL) == SQLITE_OK &&
			sqlite3_prepare_v2(db, "SELECT 1 FROM t WHERE t MATCH ?", -1, &try, NULL) ==
				SQLITE_OK;

	for (size_t i = 0; is_ready && i < config->section_count; i++) {
		const struct config_section *section = &config->sections[i];

		if (!section->match)
			continue;
		try_query(try, section->match, sentence, sizeof(sentence));
		if (*sentence)
			on_wrong(context, section->line, "match", section->match, sentence);
	}
	for (size_t i = 0; is_ready && i < config->rule_count; i++) {
		const struct config_rule *rule = &config->rules[i];

		if (!rule->text)
			continue;
		try_query(try, rule->text, sentence, sizeof(sentence));
		if (*sentence)
			on_wrong(context, rule->line, "text", rule->text, sentence);
	}
	sqlite3_finalize(try);
	sqlite3_close(db);
	return is_ready ? STATUS_OK : STATUS_UNSUPPORTED;
}
