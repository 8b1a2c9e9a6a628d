/* Named and numeric character references of HTML (WHATWG HTML 13.2.5.72 and 13.5). */
#ifndef DIURNA_PARSE_ENTITY_H
#define DIURNA_PARSE_ENTITY_H

#include "core/buf.h"

#include <stdbool.h>
#include <stddef.h>

enum entity_mode {
	ENTITY_TEXT,      /* names that HTML knows without semicolon count without it */
	ENTITY_ATTRIBUTE, /* ... unless a letter, digit or '=' follows */
	ENTITY_STRICT,    /* XML: a semicolon is needed */
};

/*
 * The reference at text, which begins with '&': appends what it stands for and returns how many
 * bytes it takes. 0: it is none, nothing was appended.
 */
size_t entity_put(const char *text, size_t len, enum entity_mode mode, struct buf *to);

/* Appends text with its references replaced. What is none stays. */
void entity_decode(const char *text, size_t len, enum entity_mode mode, struct buf *to);

#endif
