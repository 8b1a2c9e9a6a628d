/* Items as lines: which fields there are, and the formats they are printed in. */
#ifndef DIURNA_CLI_ITEM_OUT_H
#define DIURNA_CLI_ITEM_OUT_H

#include "core/buf.h"
#include "store/query.h"

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

enum { ITEM_MAX_FIELDS = 32 };

struct item_field; /* name and place of one */

struct item_writer;

struct item_format {
	const char *name;
	void (*begin)(struct item_writer *writer); /* before the first item; NULL: nothing */
	void (*item)(struct item_writer *writer, const struct item_line *line);
	void (*end)(struct item_writer *writer); /* when there was an item; NULL: nothing */
	bool wants_text;                         /* prints the text or HTML of articles */
};

struct item_writer {
	const struct item_format *format;
	const struct item_field *fields[ITEM_MAX_FIELDS]; /* none: the format's own choice */
	size_t field_count;
	const char *zone; /* of times for people; NULL: the system's */
	struct table *table;
	size_t count; /* items written */
};

/* NULL: there is none of that name. */
const struct item_format *item_format_find(const char *name);
/* Take "id,title,url". False: one is unknown, said on stderr. */
bool item_writer_fields(struct item_writer *writer, const char *list);
/* Some field wants the text or HTML of articles. */
bool item_writer_wants_text(const struct item_writer *writer);
/* item_line.labels as "one, two"; NULL: "". */
void item_labels_text(const char *labels, struct buf *to);
/* The fields of an item as diurna-json(5) describes them, with_text also text and html. */
void json_add_item(json_t *object, const struct item_line *line, bool with_text);

#endif
