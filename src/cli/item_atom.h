/* Items as an Atom feed, so that any reader can follow a query. Source: RFC 4287. */
#ifndef DIURNA_CLI_ITEM_ATOM_H
#define DIURNA_CLI_ITEM_ATOM_H

#include "cli/item_out.h"

void begin_atom(struct item_writer *writer);
void write_atom(struct item_writer *writer, const struct item_line *line);
void end_atom(struct item_writer *writer);

#endif
