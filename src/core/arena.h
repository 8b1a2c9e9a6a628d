/* Memory of one document: allocated in pieces, freed at once. */
#ifndef DIURNA_CORE_ARENA_H
#define DIURNA_CORE_ARENA_H

#include <stdarg.h>
#include <stddef.h>

struct arena_chunk;

struct arena {
	struct arena_chunk *chunks; /* newest first */
	size_t used;                /* bytes used in the newest chunk */
	size_t total;               /* bytes of all chunks */
};

/* An arena of zeros is empty and ready. */

/* Frees everything and leaves an empty arena. NULL is accepted. */
void arena_finish(struct arena *arena);

/* size bytes, aligned for any type, not initialised. Never NULL. */
void *arena_alloc(struct arena *arena, size_t size);
void *arena_calloc(struct arena *arena, size_t count, size_t size);
/* Copies; NULL gives NULL. */
char *arena_strdup(struct arena *arena, const char *s);
char *arena_strndup(struct arena *arena, const char *s, size_t len);
char *arena_printf(struct arena *arena, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

#endif
