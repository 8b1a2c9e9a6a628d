/* Documents as JSON, as diurna-json(5) describes them. */
#ifndef DIURNA_CLI_JSON_H
#define DIURNA_CLI_JSON_H

#include "core/doc.h"

#include <jansson.h>

/* New references. What is missing is absent. */
json_t *json_of_feed(const struct feed_doc *doc);
json_t *json_of_article(const struct article *article);
/* Add members where there is something to add; times as YYYY-MM-DDTHH:MM:SSZ. */
void json_add_str(json_t *object, const char *name, const char *value);
void json_add_int(json_t *object, const char *name, int64_t value);   /* 0 is absent */
void json_add_time(json_t *object, const char *name, int64_t time_s); /* DATE_NONE is absent */
/* One line on stdout, and frees it. */
void json_print_line(json_t *object);

#endif
