/* robots.txt. Source: RFC 9309. */
#ifndef DIURNA_DIURNAD_ROBOTS_H
#define DIURNA_DIURNAD_ROBOTS_H

#include <stdbool.h>
#include <stddef.h>

struct robots;

/* The rules of a document for our product token, "diurna". len bytes, LIMIT_ROBOTS_BYTES count. */
struct robots *robots_parse(const char *body, size_t len);
void robots_free(struct robots *robots);
/* path_query: path and query of a URL as sent, beginning with '/'. */
bool robots_allows(const struct robots *robots, const char *path_query);
/* Crawl-delay in seconds, 0: none. */
double robots_delay_s(const struct robots *robots);

#endif
