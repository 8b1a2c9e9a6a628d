/* Documents, or parts of them, as JSON: what diurna parse prints and what the store keeps as it is.
 */
#ifndef DIURNA_CORE_DOC_JSON_H
#define DIURNA_CORE_DOC_JSON_H

#include "core/doc.h"

#include <jansson.h>

/* Add members where there is something to add; times as YYYY-MM-DDTHH:MM:SSZ. */
void json_add_str(json_t *object, const char *name, const char *value);
void json_add_int(json_t *object, const char *name, int64_t value);   /* 0 is absent */
void json_add_time(json_t *object, const char *name, int64_t time_s); /* DATE_NONE is absent */
void json_add_flag(json_t *object, const char *name, bool is_set);    /* true or absent */
void json_add_list(json_t *object, const char *name, json_t *list);   /* taken; absent when empty */

/* New lists of objects; empty ones where there is nothing. */
json_t *doc_json_authors(const struct doc_author *authors, size_t count);
json_t *doc_json_categories(const struct doc_category *details, size_t count);
json_t *doc_json_credits(const struct doc_credit *credits, size_t count);
json_t *doc_json_enclosures(const struct doc_enclosure *enclosures, size_t count);

/* What an entry says that has no column of its own in the store: see diurna-json(5). */
void doc_json_add_details(json_t *object, const struct feed_entry *entry);

#endif
