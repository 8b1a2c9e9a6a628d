/*
 * HTML woven from a text: an article's words are stored once, its HTML as what stands between
 * them. That is a JSON array, of strings to be taken as they are and of [place, length] pieces of
 * the text, in bytes, places counted from 1: ["<p>",[1,120],"</p>"]. SQL makes HTML of it again,
 * so that the views give it to every program that has SQLite.
 */
#ifndef DIURNA_STORE_WOVEN_H
#define DIURNA_STORE_WOVEN_H

#include "core/arena.h"

/*
 * HTML of the columns markup and text, or where there is no markup that can be read, the column
 * html: an expression of SQL.
 */
#define WOVEN(markup, text, html)                                                              \
	"CASE WHEN json_valid(" markup ") THEN (SELECT group_concat(iif(piece.type = 'text',"  \
	" piece.value, CAST(substr(CAST(" text " AS BLOB), json_extract(piece.value, '$[0]')," \
	" json_extract(piece.value, '$[1]')) AS TEXT)), '') FROM json_each(" markup            \
	") AS piece) ELSE " html " END"
/* The HTML of a row of article or revision. views.sql has it for v_item. */
#define WOVEN_HTML(row) WOVEN(row ".markup", row ".text", row ".html")

/*
 * Weave html with text: markup, in arena. NULL: it is not worth it, html is to be stored as it is.
 * Either may be NULL.
 */
const char *woven_make(const char *html, const char *text, struct arena *arena);

#endif
