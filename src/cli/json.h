/* Documents as JSON, as diurna-json(5) describes them. */
#ifndef DIURNA_CLI_JSON_H
#define DIURNA_CLI_JSON_H

#include "core/doc_json.h"

/* New references. What is missing is absent. */
json_t *json_of_feed(const struct feed_doc *doc);
json_t *json_of_article(const struct article *article);
/* One line on stdout, and frees it. */
void json_print_line(json_t *object);

#endif
