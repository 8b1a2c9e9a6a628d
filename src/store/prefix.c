#include "store/prefix.h"

#include "core/buf.h"
#include "core/str.h"
#include "store/sql.h"

#include <stdlib.h>
#include <string.h>

enum {
	WORDS_MAX = 200,   /* each costs a look into every piece of the index, twice */
	PREFIX_BYTES = 32, /* a longer one has few words */
};

void prefix_prepare(sqlite3 *db)
{
	sqlite3_exec(db,
		"CREATE VIRTUAL TABLE temp.item_terms USING fts5vocab('main', 'item_fts', "
		"'instance')",
		NULL, NULL, NULL);
}

/* The column with its colon, the beginning in lower case. False: the match is another. */
static bool take_apart(const char *match, struct buf *column, char prefix[PREFIX_BYTES])
{
	size_t name, len = 0;

	match += strspn(match, " ");
	for (name = 0; str_is_alpha(match[name]);)
		name++;
	if (name && match[name] == ':') {
		buf_put(column, match, name + 1);
		match += name + 1;
		match += strspn(match, " ");
	}
	/* only what no folding changes but that of case */
	for (; str_is_alpha(*match) || str_is_digit(*match); match++) {
		if (len == PREFIX_BYTES - 1)
			return false;
		prefix[len++] = str_is_digit(*match) ? *match : (char)(*match | 0x20);
	}
	prefix[len] = '\0';
	return len > 0 && match[0] == '*' && match[1 + strspn(match + 1, " ")] == '\0';
}

/*
 * From each word to the next that is greater: the places of one that many items have are never all
 * read. False: there are too many, or the index cannot be asked.
 */
static bool put_words(struct store *store, const char *prefix, struct buf *to)
{
	struct buf word = {0};
	size_t count = 0;
	bool is_good = true;

	buf_puts(&word, prefix);
	while (is_good) {
		sqlite3_stmt *s;

		is_good =
			sql_row(store, "SELECT term FROM temp.item_terms WHERE term >= ?1 LIMIT 1",
				&s, "s", buf_text(&word)) == STATUS_OK;
		if (!s || strncmp(sql_text(s, 0), prefix, strlen(prefix)) != 0) {
			if (s)
				sqlite3_reset(s);
			break;
		}
		buf_clear(&word);
		buf_puts(&word, sql_text(s, 0));
		sqlite3_reset(s);
		is_good = is_good && ++count <= WORDS_MAX && !strchr(buf_text(&word), '"');
		buf_printf(to, "%s\"%s\"", count > 1 ? " OR " : "", buf_text(&word));
		buf_putc(&word, '\x01'); /* no word has it */
	}
	buf_finish(&word);
	return is_good && count > 0;
}

char *prefix_expand(struct store *store, const char *match)
{
	struct buf expanded = {0};
	char prefix[PREFIX_BYTES];
	bool is_good = take_apart(match, &expanded, prefix);

	if (is_good) {
		buf_puts(&expanded, "(");
		is_good = put_words(store, prefix, &expanded);
		buf_puts(&expanded, ")");
	}
	if (is_good)
		return buf_take(&expanded);
	buf_finish(&expanded);
	return NULL;
}
