/* Loading an edition: what its parts share. */
#ifndef DIURNA_EDITION_LOAD_H
#define DIURNA_EDITION_LOAD_H

#include "core/config.h"
#include "edition/edition.h"
#include "edition/words.h"
#include "store/store.h"

/* A row as it comes, before sections and stories are made of them. */
struct line {
	int64_t section_id;
	int64_t story;
	double importance;
	struct edition_item item;
};

struct loader {
	struct store *store;
	const struct config *config;
	struct edition *edition;
	struct line *lines; /* ordered by section, then print */
	size_t count, space;
	char first_day[16], last_day[16]; /* of a week; else empty */
	size_t stories;                   /* that it has of each section */
};

/* Editions whose items these are: the one, or those of the week. */
#define LOADED                                      \
	"(SELECT id FROM edition WHERE id = ?1 OR " \
	"local_date BETWEEN ?2 AND ?3) "
/* Opens a statement over LOADED, with its parameters. */
enum status load_statement(struct loader *l, const char *sql, sqlite3_stmt **s);
/* A text of a row, in the edition's arena; NULL stays NULL. */
const char *load_column(struct loader *l, sqlite3_stmt *s, int i);
/* What a person needs for so many words: at least one. */
int load_minutes(int words);

/* What the edition printed, and what had changed since it was printed before, with its changes. */
enum status load_items(struct loader *l);

/* Facts that stand among the notes: the version that made the edition, the rules that raised its
 * items.
 */
enum status load_facts(struct loader *l);
/* Of all sections, in the language of the edition. */
enum status load_notes(struct loader *l);
/* Those of a section, in its language and in that of the front page. */
enum status load_section_notes(struct loader *l, struct edition_section *section);
/* Why articles are poor, in the words of their section: of these lines. */
void load_reasons(struct loader *l, const struct words *words, size_t from, size_t to);

#endif
