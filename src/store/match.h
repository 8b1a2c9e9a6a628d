/* Full-text queries as people type them. For the files of this layer and diurna check. */
#ifndef DIURNA_STORE_MATCH_H
#define DIURNA_STORE_MATCH_H

/*
 * The query as FTS5 reads it: what is no word to it, such as C++, it's, 100%, foo.bar or an
 * address, is put between quotes, and a mark that stands alone is left out. What FTS5 has a meaning
 * for stays. To be freed.
 */
char *match_spell(const char *typed);

/* What is wrong with a query, for people: of what SQLite said. In sentence, of size bytes. */
void match_explain(const char *message, char *sentence, unsigned long size);

#endif
