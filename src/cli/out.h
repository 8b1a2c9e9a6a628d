/* What people see: foreign text made harmless, tables that fit, colours on terminals only. */
#ifndef DIURNA_CLI_OUT_H
#define DIURNA_CLI_OUT_H

#include "core/buf.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

enum out_style { OUT_PLAIN, OUT_BOLD, OUT_DIM, OUT_GOOD, OUT_BAD };

/* Standard output is a terminal, or a pager on one. */
bool out_is_terminal(void);
/*
 * What follows may be long: on a terminal it goes through $DIURNA_PAGER, $PAGER or less, which show
 * it as it is when it fits. The pager is waited for when the program ends.
 */
void out_page(void);
/* out_page does nothing: --no-pager. */
void out_never_page(void);

/* The user's locale writes UTF-8: more than ASCII may be drawn with. */
bool out_is_utf8(void);
/* Columns of stderr's terminal; 80 where it is none. */
int out_error_columns(void);
/* Columns of it; 80 where it is none, or $COLUMNS. */
int out_columns(void);
/* The escape sequence that begins a style, "" without colours (NO_COLOR, no terminal). */
const char *out_style(enum out_style style);
/* Back to plain. */
const char *out_end(void);
/*
 * A line on stdout or stderr behind indent spaces. On a terminal it is broken between words where
 * it is too long; escapes are the caller's to have taken out.
 */
void out_line(FILE *file, int indent, enum out_style style, const char *text);
/*
 * The same for stdout, gathered: foreign text behind a label that is filled up to width columns,
 * its further lines below the text. The style is the label's; where label is NULL, the text's, and
 * width says how far in.
 */
void out_labelled(
	struct buf *to, const char *label, int width, enum out_style style, const char *text);

/*
 * Foreign text for a terminal: control characters, escapes, and marks that turn the direction of
 * writing become a space, bad bytes U+FFFD. On one line; of a block line ends stay.
 */
void out_safe(struct buf *to, const char *text);
void out_safe_block(struct buf *to, const char *text);
/* A block with marks of enum markup_mark, which become styles, on every line anew. */
void out_styled(struct buf *to, const char *text);
/* One cell of TSV: no tabs, no line ends; what a spreadsheet would compute gets a quote first. */
void out_tsv(struct buf *to, const char *text);
/* Text within one line of Markdown. */
void out_markdown(struct buf *to, const char *text);

enum { OUT_COUNT_BYTES = 64 };
/* "1 feed", "2 feeds": many is the plural. */
const char *out_count(int64_t n, const char *one, const char *many, char text[OUT_COUNT_BYTES]);

/* Flush standard output. EX_OK, or EX_IOERR, said on stderr (not when the reader has left). */
int out_finish(void);

/* What becomes of a column where the line is too long for the terminal. */
enum table_fit {
	FIT_WHOLE, /* nothing */
	FIT_DROP,  /* it is left out, the last one first */
	FIT_CUT,   /* it is cut, and left out where even that is too long */
	FIT_MAIN,  /* what the table is about: cut when all others have given what they can */
};

struct table_column {
	const char *head;
	bool is_right; /* numbers */
	enum table_fit fit;
};

struct table {
	const struct table_column *columns;
	size_t column_count;
	size_t last;  /* of those that are shown */
	char **cells; /* row after row */
	enum out_style *styles;
	size_t count, space, style_space;
};

void table_init(struct table *table, const struct table_column *columns, size_t column_count);
/* The next cell, from foreign text; NULL is empty. */
void table_cell(struct table *table, enum out_style style, const char *text);
void table_cell_int(struct table *table, int64_t value);
/* Writes all rows, and frees them. */
void table_print(struct table *table);

#endif
