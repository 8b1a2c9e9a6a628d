/* Full-text queries as people type them. */
#ifndef DIURNA_STORE_MATCH_H
#define DIURNA_STORE_MATCH_H

#include "core/config.h"
#include "core/status.h"

/*
 * The query as FTS5 reads it: what is no word to it, such as C++, it's, 100%, foo.bar or an
 * address, is put between quotes, and a mark that stands alone is left out. What FTS5 has a meaning
 * for stays. To be freed.
 */
char *match_spell(const char *typed);

/*
 * The full-text rules of a configuration, of sections and of rules, tried on an index of the
 * store's shape. on_wrong is called for each that nothing can meet; what: the option it stands in,
 * in that line. STATUS_UNSUPPORTED: this SQLite has no FTS5.
 */
enum status match_check(const struct config *config,
	void (*on_wrong)(
		void *context, int line, const char *what, const char *match, const char *sentence),
	void *context);

/* What is wrong with a query, for people: of what SQLite said. In sentence, of size bytes. */
void match_explain(const char *message, char *sentence, unsigned long size);

#endif
