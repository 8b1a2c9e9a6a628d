/* Addresses of an article's pages: story.html, story-2.html; /story/, /story/page/3; ?page=2. */
#ifndef DIURNA_PARSE_PAGING_H
#define DIURNA_PARSE_PAGING_H

#include <stdbool.h>

/*
 * next is the address of the page that follows the one of url: they differ in a page's number
 * alone, and next has the one that follows. A number that no word such as "page" announces, or one
 * letter, counts where url is known to be that page of the article, counted from 1, and is not the
 * first that has one: sites number their articles too.
 */
bool paging_follows(const char *url, const char *next, unsigned page);

#endif
