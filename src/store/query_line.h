/* A line of an answer as columns of a statement. For the files of this layer only. */
#ifndef DIURNA_STORE_QUERY_LINE_H
#define DIURNA_STORE_QUERY_LINE_H

#include "store/query.h"

/* The columns, of the tables item, arrival and those that line_tables joins to them. */
extern const char line_columns[], line_tables[];
enum { LINE_COLUMNS = 24 }; /* then snippet, text and html */

/* Strings live until the statement's next step. */
void line_read(sqlite3_stmt *s, struct item_line *line);

#endif
