/*
 * Memory for the tree of one page: libxml2 asks for many small pieces and gives them all back at
 * the end, so they are cut from one region, which is then empty at once.
 */
#ifndef DIURNA_PARSE_HTML_HEAP_H
#define DIURNA_PARSE_HTML_HEAP_H

#include <stdbool.h>

/* Before anything else of libxml2, which is initialised here. Without it libxml2 has its usual
 * memory and the functions below do nothing. */
void html_heap_prepare(void);

/* From here on libxml2's memory comes from the region while there is room, else from malloc(). One
 * page at a time. */
void html_heap_begin(void);

/*
 * Ends it; nothing that libxml2 made since html_heap_begin() may be used any more.
 *
 * html_heap_holds_all(): nothing of it lies outside the region, so that it need not be freed piece
 * by piece.
 */
bool html_heap_holds_all(void);
void html_heap_end(void);

#endif
